"""What both sandbox servers stand on: a clock, a journal, armed faults, a server thread."""
