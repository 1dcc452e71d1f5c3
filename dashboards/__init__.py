"""One view per file, each a pure function from the grid's values to a figure."""
