"""A dataset as a typed table: its names, readers, casts, what loads it and what leaves one row a key."""
