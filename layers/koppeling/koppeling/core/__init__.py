"""What every story shares: ids, errors, connection, problems and their texts, clock, ports."""
