"""SQL as trees: typed terms, the rendered text, and the error of a formula. No meaning of KPIs."""
