"""Workbooks as the databases come with them."""
