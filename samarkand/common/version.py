"""The version of the course, which journals and files of work name."""

VERSION = "1.0.0"
