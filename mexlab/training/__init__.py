"""Cross-validated training and its runs on disk; torch is imported only once something trains."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "classifier": ["LAENetClassifier", "NetworkClassifier"],
        "execute": ["execute_run"],
        "folds": ["CrossValidation", "cross_validate"],
        "run_files": ["CurvePoint", "Prediction"],
        "runs": ["Run", "create_run", "delete_run", "list_runs", "open_run"],
        "settings": ["TrainingSettings"],
    },
)
