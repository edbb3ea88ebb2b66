"""The player of clips."""
