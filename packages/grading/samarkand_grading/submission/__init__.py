"""Submissions: read as bytes, rebuilt from the released cells."""
