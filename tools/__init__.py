"""What maintainers use and nobody installs: the steps of the test suite, a JupyterLab to look at."""
