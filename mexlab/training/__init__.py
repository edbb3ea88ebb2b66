"""Cross-validated training; torch is imported only once something trains."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "classifier": ["LAENetClassifier", "NetworkClassifier"],
        "execute": ["execute_run"],
        "cross_validation": ["CrossValidation", "cross_validate"],
    },
)
