"""Frozen values and the words of the domain; the standard library only."""
