"""The flow page's panes."""
