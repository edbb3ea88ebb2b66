"""What the tests of the readers read a report with."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import read_database
from mexlab.data.frames.frames import ImageFrames, VideoFrames
from mexlab.data.reports import ReportEntry


class Report:
    """Questions to the report of an import."""

    @staticmethod
    def read(layout: str, root: Path, **options: Any) -> ImportedDatabase:
        """Read as users do; of whatever layout, no frame may be opened for it."""
        opened = AssertionError("an import lists frames, and opens none")
        with (
            patch.object(ImageFrames, "_bytes", side_effect=opened),
            patch.object(VideoFrames, "read", side_effect=opened),
        ):
            return read_database(layout, root, **options)

    @staticmethod
    def entries(imported: ImportedDatabase, kind: str, words: str = "") -> list[ReportEntry]:
        return [e for e in imported.report.entries if e.kind == kind and words in e.reason]

    @staticmethod
    def only(imported: ImportedDatabase, kind: str, words: str) -> ReportEntry:
        found = Report.entries(imported, kind, words)
        assert len(found) == 1, imported.report.entries
        return found[0]

    @staticmethod
    def quiet(imported: ImportedDatabase) -> bool:
        loud = [e for e in imported.report.entries if e.kind != "note"]
        assert not loud, loud
        return True


@pytest.fixture(scope="session")
def report() -> type[Report]:
    return Report
