"""What every page stands in: bars, links, background work."""
