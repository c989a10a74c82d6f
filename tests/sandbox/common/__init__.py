"""What both sandbox servers stand on: a clock, a journal of calls, armed faults, a server thread."""
