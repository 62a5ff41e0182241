"""What `kpi pull` uses: one file a kind of database, and one for buckets. `kpi check` never comes here."""
