"""Keys: the map, their help, their editor."""
