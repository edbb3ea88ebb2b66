"""Frames of clips: folders of images, videos, and what both promise."""
