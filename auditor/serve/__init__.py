"""Joins rooms where work is long: files into the store."""
