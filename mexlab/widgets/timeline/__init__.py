"""The timeline below the player."""
