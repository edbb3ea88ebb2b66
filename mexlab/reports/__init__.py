"""What is said of a run, in words and tables: the same on pages, commands and exports."""
