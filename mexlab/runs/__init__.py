"""Runs: a training on disk, as settings, status, predictions and curves. No torch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "files": ["CurvePoint", "Prediction"],
        "importing": ["ImportChoice", "import_predictions"],
        "run": ["Run", "create_run", "delete_run", "list_runs", "open_run"],
        "settings": ["TrainingSettings"],
    },
)
