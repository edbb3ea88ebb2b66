"""The MEGC2019 composite by rules and by list, and the reader of its official list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.composite.megc2019 import (
    OFFICIAL_COUNTS,
    OFFICIAL_SUBJECTS,
    Candidate,
    ClipIdentity,
    Composite,
    ListedClip,
    build_composite,
)
from mexlab.data.composite.official_list import (
    component_of,
    is_list,
    list_digest,
    read_composite_list,
)
from mexlab.data.labels.schemes import THREE_CLASSES
from mexlab.errors import InputError

COMPONENTS = tuple(OFFICIAL_COUNTS)
SUBJECTS = {"smic": "s{:02d}", "casme2": "sub{:02d}", "samm": "{:03d}"}
CLIPS = {"smic": "s{0}_ne_{1:02d}", "casme2": "EP{1:03d}f", "samm": "{0:03d}_{1}_1"}


def official_candidates() -> list[Candidate]:
    """As many clips of each class and people as the published table has."""
    found = []
    for component, counts in OFFICIAL_COUNTS.items():
        labels = [name for name, n in zip(THREE_CLASSES, counts, strict=True) for _ in range(n)]
        for at, label in enumerate(labels):
            person = at % OFFICIAL_SUBJECTS[component] + 1
            key = ClipKey(
                f"my-{component}",
                SUBJECTS[component].format(person),
                CLIPS[component].format(person, at + 1),
            )
            obstacle = "no apex" if component == "smic" else ""
            found.append(Candidate(key, component, label, "", obstacle))
    return found


def as_list(candidates: list[Candidate]) -> list[ListedClip]:
    return [ListedClip(one.identity, str(one.key), str(one.label)) for one in candidates]


def by_list(
    candidates: list[Candidate],
    listed: list[ListedClip],
    why: dict[ClipIdentity, str] | None = None,
) -> Composite:
    present = tuple(dict.fromkeys(one.component for one in candidates))
    lists = {
        name: ("the list", [one for one in listed if one.identity.component == name])
        for name in COMPONENTS
    }
    return build_composite(candidates, present, lists=lists, why_missing=why)


def test_one_clip_in_the_spellings_of_release_list_and_features() -> None:
    same = [("smic", "s03", "s03_ne_03"), ("smic", "s3", "s3_ne_03"), ("smic", "3", "S3_NE_3")]
    assert len({ClipIdentity.of(*one) for one in same}) == 1
    same = [("samm", "006", "006_1_2"), ("samm", "6", "6_1_2")]
    assert len({ClipIdentity.of(*one) for one in same}) == 1
    same = [("casme2", "sub09", "EP02_01f"), ("casme2", "9", "ep02_01F")]
    assert len({ClipIdentity.of(*one) for one in same}) == 1


def test_the_same_number_in_two_databases_is_two_people() -> None:
    clips = [
        Candidate(ClipKey(name, "01", "a"), component, "negative", "", "")
        for name, component in (("smic", "smic"), ("casme2", "casme2"))
    ]
    built = build_composite(clips, ("smic", "casme2"))
    assert {one.key.group for one in built.clips} == {("smic", "01"), ("casme2", "01")}
    assert (built.subjects("smic"), built.subjects("casme2")) == (1, 1)
    assert built.table()[-1]["subjects"]["found"] == 2


def test_all_442_clips_are_the_published_table() -> None:
    built = build_composite(official_candidates(), COMPONENTS)
    assert built.complete
    assert len(built.clips) == 442
    full = built.table()[-1]
    assert full["found"] == full["official"]
    assert full["official"] == {"negative": 250, "positive": 109, "surprise": 83, "total": 442}
    assert full["subjects"] == {"found": 68, "official": 68}
    assert built.missing + built.extra + built.differences + built.left_out == []
    assert len(built.untrainable) == 164
    assert {one.component for one in built.untrainable} == {"smic"}


def test_whatever_is_imported_is_counted() -> None:
    clips = [one for one in official_candidates() if one.component == "samm"]
    built = build_composite(clips, ("samm",))
    assert not built.complete
    assert [(row["database"], row["imported"]) for row in built.table()] == [
        ("smic", False),
        ("casme2", False),
        ("samm", True),
        ("full", False),
    ]
    assert built.counted("samm") == OFFICIAL_COUNTS["samm"]


def test_the_list_wins_and_every_difference_is_named() -> None:
    clips = official_candidates()
    listed = as_list(clips)
    listed[0] = replace(listed[0], label="surprise")
    gone = clips.pop(200)
    stranger = Candidate(ClipKey("my-samm", "001", "001_99_9"), "samm", "positive", "", "")
    other = Candidate(ClipKey("my-samm", "001", "001_99_8"), "samm", None, "no class", "")
    built = by_list([*clips, stranger, other], listed, {gone.identity: "no folder"})
    assert len(built.clips) == 441
    assert not built.complete
    (missing,) = built.missing
    assert missing.clip == str(gone.key)
    assert missing.reason == "negative in the list; no folder"
    (extra,) = built.extra
    assert extra.clip == str(stranger.key)
    assert extra.reason == "positive by the rules, but not in the list: left out"
    (difference,) = built.differences
    assert difference.clip == str(clips[0].key)
    assert difference.reason == "negative by the rules, surprise in the list: the list is followed"
    assert {one.label for one in built.clips if one.key == clips[0].key} == {"surprise"}
    assert [one.clip for one in built.left_out] == [str(other.key)]


def test_a_clip_that_the_rules_leave_out_is_taken_in_where_it_is_listed() -> None:
    clip = Candidate(ClipKey("samm", "001", "001_1_1"), "samm", None, "no class for Other", "")
    built = by_list([clip], [ListedClip(clip.identity, "samm/1/1", "negative")])
    assert [one.label for one in built.clips] == ["negative"]
    assert "no class (no class for Other) by the rules" in built.differences[0].reason


def test_clips_of_a_database_that_is_not_there_are_missing_by_name() -> None:
    clips = official_candidates()
    built = by_list([one for one in clips if one.component != "smic"], as_list(clips))
    assert len(built.missing) == 164
    assert all(one.reason.endswith("smic is not imported") for one in built.missing)


def test_without_a_list_what_the_import_left_out_is_named_where_counts_differ() -> None:
    clips = official_candidates()
    gone = clips.pop(200)
    why = {gone.identity: "left out by the import: no folder"}
    built = build_composite(clips, COMPONENTS, why_missing=why)
    (guess,) = built.missing
    assert guess.clip == str(gone.identity)
    assert guess.reason == "perhaps one of the composite's: left out by the import: no folder"
    clips.append(gone)
    assert build_composite(clips, COMPONENTS, why_missing=why).missing == []


def test_its_record_names_every_clip() -> None:
    record = build_composite(official_candidates(), COMPONENTS).to_record()
    assert record["complete"] is True
    assert len(record["clips"]) == 442
    first = {"clip": "my-casme2/sub01/EP001f", "database": "casme2", "label": "negative"}
    assert first in record["clips"]


# The official list.

ROWS = [("smic", "s01", "s01_ne_01", "0"), ("CASME II", "sub01", "EP02_01f", "1"),
        ("samm", "006", "006_1_2", "2")]  # fmt: skip


def text(separator: str = ",", rows: list[tuple[str, ...]] | None = None) -> str:
    return "".join(separator.join(row) + "\n" for row in (ROWS if rows is None else rows))


HEADER = ("dataset", "subject", "file", "label")
WORDS = [(*row[:3], THREE_CLASSES[int(row[3])].upper()) for row in ROWS]


@pytest.mark.parametrize(
    "data",
    [
        text().encode(),
        text().encode("utf-8-sig"),
        text().encode("utf-16"),
        text(";").encode(),
        text("\t").encode(),
        text(" , ").encode(),
        text().replace("\n", "\r\n").encode(),
        text(rows=[HEADER, *ROWS]).encode(),
        text(rows=WORDS).encode(),
        ("\n" + text() + "\n\n").encode(),
    ],
    ids=["plain", "mark", "utf-16", "semicolons", "tabs", "blanks", "crlf", "header", "words",
         "blank lines"],
)  # fmt: skip
def test_the_list_as_spreadsheets_write_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "list.csv").write_bytes(data)
    listed = read_composite_list(tmp_path / "list.csv")
    assert [(str(one.identity), one.label) for one in listed] == [
        ("smic/1/s1_ne_1", "negative"),
        ("casme2/1/ep02_01f", "positive"),
        ("samm/6/6_1_2", "surprise"),
    ]


@pytest.mark.parametrize(
    ("rows", "row", "words"),
    [
        ([("mmew", "1", "a", "0")], 1, "'mmew' is none of the databases smic, casme2, samm"),
        ([*ROWS, ("smic", "s1", "s1_ne_09", "3")], 4, "label '3' is none of 0 (negative)"),
        ([*ROWS, ("smic", "s1", "s1_ne_09", "anger")], 4, "label 'anger' is none of"),
        ([*ROWS, ("smic", "s1", "s1_ne_09", "-1")], 4, "label '-1' is none of"),
        ([*ROWS, ("smic", "s1", "s1_ne_09")], 4, "expected 4 filled cells, got 3"),
        ([*ROWS, ("smic", "", "s1_ne_09", "0")], 4, "expected 4 filled cells, got 3"),
        ([*ROWS, ("smic", "s1", "s1_ne_09", "0", "x")], 4, "expected 4 filled cells, got 5"),
        ([*ROWS, ROWS[0]], 4, "smic/s01/s01_ne_01 stands in it twice"),
        ([*ROWS, ("SMIC-HS", "1", "s1_ne_1", "0")], 4, "stands in it twice"),
        ([HEADER, HEADER], 2, "'dataset' is none of the databases"),
    ],
)
def test_a_row_that_is_no_clip_is_named(
    tmp_path: Path, rows: list[tuple[str, ...]], row: int, words: str
) -> None:
    (tmp_path / "list.csv").write_text(text(rows=rows))
    with pytest.raises(InputError) as caught:
        read_composite_list(tmp_path / "list.csv")
    assert words in caught.value.problem
    assert (caught.value.where, caught.value.row) == (str(tmp_path / "list.csv"), row)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no clip in it"), (b"\n\n", "no clip in it"), (bytes(50), "nor a table|neither an")],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "list.csv").write_bytes(data)
    with pytest.raises(InputError, match=words):
        read_composite_list(tmp_path / "list.csv")


def test_a_list_that_cannot_be_opened_is_refused(
    tmp_path: Path, refuse: Callable[[Path], None]
) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_composite_list(tmp_path / "list.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_composite_list(tmp_path)
    (tmp_path / "list.csv").write_text(text())
    refuse(tmp_path / "list.csv")
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        read_composite_list(tmp_path / "list.csv")
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        list_digest(tmp_path / "list.csv")


def test_names_of_the_databases_and_of_lists() -> None:
    names = ("casme2", "CASME II", "SMIC", "smic_hs", "SAMM", "casme", "smic-vis")
    assert [component_of(name) for name in names] == [
        "casme2", "casme2", "smic", "smic", "samm", None, None,
    ]  # fmt: skip
    assert is_list("lists/Combined_3class_gt.CSV")
    assert not is_list("megc2019")
