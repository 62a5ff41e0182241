"""How fast the product is, as ratios against hand-written queries within the same run: `make bench`."""
