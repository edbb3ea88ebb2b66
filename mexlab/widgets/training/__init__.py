"""The train page's form, list and monitor."""
