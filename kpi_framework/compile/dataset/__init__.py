"""A dataset as a typed table: its names, files, casts, what loads it and what leaves one row a key."""
