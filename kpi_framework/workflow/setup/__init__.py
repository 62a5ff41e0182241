"""A project to begin with: init, add, demo, catalogue, schemas."""
