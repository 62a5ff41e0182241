"""One page a file: a result as a document."""
