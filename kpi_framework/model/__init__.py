"""The nouns: frozen, without I/O. Everything else in the house speaks in them."""
