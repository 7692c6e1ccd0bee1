"""What maintainers use and nobody installs."""
