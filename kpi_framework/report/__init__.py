"""Results → str: every output format, one file and one line of `FORMATS` each. Nothing here prints."""
