"""Statistics of the verdicts: pure functions of numbers, nothing read and nothing written.

Distributions are named in full (`scipy.stats.beta`), for SciPy loads its parts when they are first
used, and their import took a quarter of what starting the command line did.
"""
