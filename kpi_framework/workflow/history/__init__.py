"""Revisions of a project: diff, history, a scorecard as it was."""
