"""One fold: its work, its outcome, what is kept of it."""
