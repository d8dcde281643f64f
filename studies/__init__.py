"""The evidence itself: curated records, the record format, checks, ingest, dump and replication."""
