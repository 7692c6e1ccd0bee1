"""What everything stands on: errors in sentences, where the course lies, files written whole."""
