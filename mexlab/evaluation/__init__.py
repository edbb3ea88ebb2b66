"""Splits, metrics, intervals and the published tables to hold results against; no torch."""

from mexlab.evaluation.comparison import Comparison, compare_predictions, exact_mcnemar
from mexlab.evaluation.intervals import Bootstrap, MetricIntervals, bootstrap_intervals
from mexlab.evaluation.leak import LeakGap, leak_gap
from mexlab.evaluation.metrics import (
    METRIC_NAMES,
    ClassMetrics,
    Metrics,
    confusion_matrix,
    metrics_by_database,
    metrics_from_confusion,
)
from mexlab.evaluation.splits import (
    Fold,
    k_fold_by_subject,
    leave_one_database_out,
    leave_one_subject_out,
)
from mexlab.evaluation.tables import (
    audit_published,
    published_ablation,
    published_confusion,
    published_results,
)

__all__ = [
    "METRIC_NAMES",
    "Bootstrap",
    "ClassMetrics",
    "Comparison",
    "Fold",
    "LeakGap",
    "MetricIntervals",
    "Metrics",
    "audit_published",
    "bootstrap_intervals",
    "compare_predictions",
    "confusion_matrix",
    "exact_mcnemar",
    "k_fold_by_subject",
    "leak_gap",
    "leave_one_database_out",
    "leave_one_subject_out",
    "metrics_by_database",
    "metrics_from_confusion",
    "published_ablation",
    "published_confusion",
    "published_results",
]
