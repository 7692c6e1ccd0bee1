"""What is right, and what an answer is worth."""
