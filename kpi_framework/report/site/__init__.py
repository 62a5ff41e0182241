"""`kpi site`: a project as static pages, with charts, that need neither a server nor a script."""
