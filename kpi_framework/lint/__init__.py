"""Judges definitions, without data: one module a subject, one function a rule or two."""
