"""Git revisions → texts; catalog × catalog → changes. It sees nothing but the nouns, and git."""
