"""The train page: choices, the queue, the run under way."""
