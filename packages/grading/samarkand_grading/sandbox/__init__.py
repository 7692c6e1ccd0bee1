"""Where a student's cells run: confined, with plain values as the only way out."""
