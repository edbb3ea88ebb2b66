"""Clips, codings, frames, action units, labels; readers and writers of databases on disk."""
