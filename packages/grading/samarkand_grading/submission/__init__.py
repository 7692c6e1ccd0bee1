"""What was handed in: read as bytes, rebuilt from the released cells."""
