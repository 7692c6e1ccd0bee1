"""The instructor's tools: release exercises, grade a class in a sandbox, report the marks."""
