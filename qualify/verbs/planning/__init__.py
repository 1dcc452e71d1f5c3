"""Plan: the cells of a run, what they will cost, and what they can find."""
