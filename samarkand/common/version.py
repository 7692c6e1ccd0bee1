"""The version of the course, which journals and files of work name."""

VERSION = "0.1.0"
