"""Trees of folders, archives and videos: what is where, and which database it is."""
