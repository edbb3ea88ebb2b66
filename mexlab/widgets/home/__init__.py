"""The home page's view."""
