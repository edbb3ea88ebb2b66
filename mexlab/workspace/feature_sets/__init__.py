"""From codings and frames to what a network takes: plan, samples, inputs."""
