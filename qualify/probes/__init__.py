"""Experiments that run in a target's environment for the harness itself; the standard library."""
