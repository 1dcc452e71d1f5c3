"""Diagnose: the designed experiment, and the trainings of its conditions."""
