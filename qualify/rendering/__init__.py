"""Everything that is drawn from the grid's values; nothing here judges."""
