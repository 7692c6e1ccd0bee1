"""Answers as plain values: written as JSON, read strictly, of known kinds."""
