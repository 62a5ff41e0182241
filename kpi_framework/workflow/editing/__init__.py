"""While somebody edits: unsaved texts over the files, and what is committed about them. No data are read."""
