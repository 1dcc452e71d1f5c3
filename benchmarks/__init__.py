"""Measured promises: seeded simulations that print goals, values and whether they are met."""
