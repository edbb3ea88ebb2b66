"""The results page's matrices and tables."""
