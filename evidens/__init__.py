"""Evidens: from a table in a paper to a number in a business case, with every step on record."""
