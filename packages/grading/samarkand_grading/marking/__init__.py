"""The right answers, and the marks for students' answers."""
