"""Published values: publish, verify, audit."""
