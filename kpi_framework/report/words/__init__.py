"""The words and numbers that people read, and how a stranger's strings are made harmless."""
