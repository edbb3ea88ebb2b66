"""The bars at the top and the foot of a page."""
