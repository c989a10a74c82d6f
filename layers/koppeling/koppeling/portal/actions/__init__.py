"""One file per kind of decision: it does what a button says."""
