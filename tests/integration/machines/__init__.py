"""State machines: long runs of the whole link, with faults and crashes between the steps."""
