"""Datasets that ship in packages or are generated, and their splits."""
