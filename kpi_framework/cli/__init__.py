"""The door: options → one call of a workflow → a renderer → the exit code."""
