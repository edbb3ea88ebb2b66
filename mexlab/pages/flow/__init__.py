"""The flow page: maps, probe, curve and files of one clip."""
