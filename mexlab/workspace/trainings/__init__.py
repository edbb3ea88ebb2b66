"""A training as it is asked for: request, check, job."""
