"""What happens in a synthetic clip: expressions, head, gaze, blinks, over time."""
