"""A run as files: LaTeX, HTML, SVG, CSV."""
