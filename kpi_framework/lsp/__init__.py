"""`kpi lsp`: a door beside the command line, for editors. It needs the extra `editor`."""
