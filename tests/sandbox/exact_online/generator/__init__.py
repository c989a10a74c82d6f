"""Invented data: the company's own tables, and as many believable Dutch relations as asked for."""
