"""Ingest: the rows that another runner filled, beside what is usual of them."""
