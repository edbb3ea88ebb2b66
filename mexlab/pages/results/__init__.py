"""The results page: matrices, clips, what stands beside a run."""
