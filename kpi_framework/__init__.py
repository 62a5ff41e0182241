"""KPIs as code: definitions in git, numbers that can be trusted, goalposts that cannot move in silence."""

__version__ = "0.1.0"
