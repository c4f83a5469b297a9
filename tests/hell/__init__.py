"""Rows that no schema foresees: every kind of value in every column, asked, printed and walked."""
