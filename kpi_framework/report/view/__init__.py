"""A scorecard as its readers look at it: rows, details, signals and the findings that count."""
