"""What is drawn: widgets of traits, three files a widget; no store, no torch, no data files."""
