"""Sources: where a dataset's rows are, which columns they have, and how they are read."""
