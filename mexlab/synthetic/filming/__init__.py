"""A performance seen by a camera, written as frames, with its truth."""
