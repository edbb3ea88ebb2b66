"""Cross-validated training; torch is imported only once something trains."""

import lazy_loader

from mexlab.deprecation import with_moved_names

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__getattr__ = with_moved_names(
    __name__,
    {
        "CurvePoint": "mexlab.runs.CurvePoint",
        "Prediction": "mexlab.runs.Prediction",
        "Run": "mexlab.runs.Run",
        "TrainingSettings": "mexlab.runs.TrainingSettings",
        "create_run": "mexlab.runs.create_run",
        "delete_run": "mexlab.runs.delete_run",
        "list_runs": "mexlab.runs.list_runs",
        "open_run": "mexlab.runs.open_run",
    },
    removal="0.3",
    own=__getattr__,
)
