"""The list of clips."""
