"""Maintainers' tools, not part of the package: authoring, site, test suite, a lab for browser tests."""
