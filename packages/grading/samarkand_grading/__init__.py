"""What an instructor runs: exercises released, a class graded safely, marks reported."""
