from __future__ import annotations

import json

from mexlab.data.reports import ImportReport


def test_entries_are_kept_in_order_and_by_kind() -> None:
    report = ImportReport("casme2", "CASME II", "/data/casme2")
    report.add("skipped", "sub01/EP01", "no folder")
    report.add("warning", "sub01/EP02", "apex outside")
    report.add("skipped", "sub02/EP01", "no folder")
    assert [entry.where for entry in report.of_kind("skipped")] == ["sub01/EP01", "sub02/EP01"]
    assert [entry.where for entry in report.of_kind("corrected")] == []
    other = ImportReport("other", "Other", "/data/other")
    other.extend(report.entries)
    assert other.entries == report.entries


def test_the_record_is_json() -> None:
    report = ImportReport("casme2", "CASME II", "/data/casme2", clips=2, subjects=1, frames=20)
    report.emotions.update(["fear", "fear"])
    report.add("note", "sheet.xlsx", "this sheet was read")
    record = json.loads(json.dumps(report.to_record()))
    assert record["emotions"] == {"fear": 2}
    assert record["entries"] == [
        {"kind": "note", "where": "sheet.xlsx", "reason": "this sheet was read"}
    ]
    assert (record["clips"], record["subjects"], record["frames"]) == (2, 1, 20)
