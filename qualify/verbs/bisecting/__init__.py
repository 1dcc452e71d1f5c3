"""Bisect: a search along a row of suspects, which are built and trained one after the other."""
