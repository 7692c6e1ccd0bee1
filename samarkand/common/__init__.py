"""The base of all packages: errors in sentences, the course's folders, files written atomically."""
