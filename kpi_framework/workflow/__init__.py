"""A command's work, noun → noun: it wires the rooms, reads and writes files, and prints nothing."""
