"""Statistics of the verdicts: pure functions of numbers, nothing read and nothing written."""
