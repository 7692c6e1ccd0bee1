"""The grading wing: what an instructor runs to release exercises, grade them safely and report the marks."""
