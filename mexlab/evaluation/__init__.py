"""Splits, metrics and the published tables to hold results against; numpy only, no torch."""

from mexlab.evaluation.metrics import (
    METRIC_NAMES,
    ClassMetrics,
    Metrics,
    confusion_matrix,
    metrics_by_database,
    metrics_from_confusion,
)
from mexlab.evaluation.splits import Fold, leave_one_subject_out
from mexlab.evaluation.tables import (
    audit_published,
    published_ablation,
    published_confusion,
    published_results,
)

__all__ = [
    "METRIC_NAMES",
    "ClassMetrics",
    "Fold",
    "Metrics",
    "audit_published",
    "confusion_matrix",
    "leave_one_subject_out",
    "metrics_by_database",
    "metrics_from_confusion",
    "published_ablation",
    "published_confusion",
    "published_results",
]
