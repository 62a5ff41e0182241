"""`kpi pull`: databases and buckets → snapshots with their manifests."""
