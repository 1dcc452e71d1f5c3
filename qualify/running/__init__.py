"""Trainings as child processes, cells as pytest items."""
