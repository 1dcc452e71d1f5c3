"""Calibrate: a build against itself, with real trainings and with simulated releases."""
