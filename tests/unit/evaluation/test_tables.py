import numpy as np
import pytest

from mexlab.errors import InputError
from mexlab.evaluation import (
    audit_published,
    metrics_from_confusion,
    published_ablation,
    published_confusion,
    published_results,
)
from mexlab.evaluation.tables import published_supports

DATABASES = ("full", "smic", "casme2", "samm")


def printed(method, database):
    (row,) = [row for row in published_results(database) if row.method == method]
    return row


def test_table_6_comes_back_as_the_counts():
    expected = [[224, 18, 8], [34, 67, 8], [19, 5, 59]]
    assert published_confusion("laenet").tolist() == expected


@pytest.mark.parametrize("database", DATABASES)
def test_table_6_gives_row_12_of_table_4_to_four_digits(database):
    metrics = metrics_from_confusion(published_confusion("laenet", database))
    row = printed("LAENet", database)
    for name in ("accuracy", "f1_score", "uf1", "uar"):
        if getattr(row, name) is not None:
            assert round(metrics[name], 4) == getattr(row, name), name
    assert (row.accuracy is not None) == (database == "full")


@pytest.mark.parametrize("database", DATABASES)
def test_what_table_4_prints_as_ststnets_uar_is_its_macro_precision(database):
    metrics = metrics_from_confusion(published_confusion("ststnet", database))
    row = printed("STSTNet", database)
    assert round(metrics.uf1, 4) == row.uf1
    assert round(metrics.macro_precision, 4) == row.uar
    assert round(metrics.uar, 4) < row.uar


def test_the_audit_finds_exactly_that():
    audited = audit_published()
    assert len(audited) == 20
    wrong = [figure for figure in audited if not figure.agrees]
    assert [(figure.network, figure.database, figure.metric) for figure in wrong] == [
        ("ststnet", database, "uar") for database in DATABASES
    ]
    assert {figure.is_really for figure in wrong} == {"macro_precision"}
    assert wrong[0].recomputed == pytest.approx(0.7186, abs=5e-5)


def test_full_is_the_sum_of_the_databases():
    for network in ("laenet", "ststnet"):
        parts = [published_confusion(network, name) for name in DATABASES[1:]]
        assert np.array_equal(sum(parts), published_confusion(network, "full"))
    supports = published_supports()
    for name in ("negative", "positive", "surprise", "subjects"):
        assert supports["full"][name] == sum(supports[one][name] for one in DATABASES[1:])


def test_all_twelve_methods_are_there():
    rows = published_results("full")
    assert [row.number for row in rows] == list(range(1, 13))
    assert printed("OFF-ApexNet", "casme2").uf1 == 0.8764
    assert printed("LBP-TOP", "full").accuracy is None
    assert printed("STSTNet", "full").note
    assert len(published_results()) == 48


def test_ablation_ends_at_the_papers_accuracy():
    rows = published_ablation()
    assert [row.accuracy for row in rows] == [0.7443, 0.7466, 0.7760, 0.7919]
    assert rows[-1].ck_plus
    assert rows[-1].eye_mask


def test_no_such_matrix():
    with pytest.raises(InputError, match="alexnet"):
        published_confusion("alexnet")
