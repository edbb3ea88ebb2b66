"""The coding form and its parts."""
