"""Contract of the tables in memory: what moto answers, they answer."""
