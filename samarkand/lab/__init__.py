"""What JupyterLab's server is given: settings of the course and a prompt connection."""
