"""The home page: what the workspace holds, and the next step."""
