"""Kept sessions for other programs: CSV with its schema, JSON, FIT."""
