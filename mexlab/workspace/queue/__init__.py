"""Trainings that wait: places, the runner, the process apart."""
