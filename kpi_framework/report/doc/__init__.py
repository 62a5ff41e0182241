"""Documents: Markdown, HTML and the terminal."""
