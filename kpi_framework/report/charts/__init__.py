"""Data → SVG, pure: the same data give the same bytes; colours are classes, and no text is markup."""
