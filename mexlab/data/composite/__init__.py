"""Composites of several databases, and the lists that say which clips belong to them."""
