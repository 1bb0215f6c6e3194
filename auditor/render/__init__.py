"""Turns an audit into what people and scripts read. Decides nothing and computes nothing."""
