"""Bytes to `model.Span`: trace files, their wire formats and the vocabularies written in them.

Message text is read here, for what it says about tools and turns, and never kept.
"""
