"""An export → what it is → a proposed project."""
