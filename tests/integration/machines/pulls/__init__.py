"""Any order of changes, faults and ticks, in all entities at once."""
