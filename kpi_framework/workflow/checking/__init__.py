"""check, lint, test, baseline, review, due: what looks at a project as it stands."""
