"""The published numbers: true to themselves, to the readers, and to the official composite."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mexlab.data.composite.megc2019 import OFFICIAL_COUNTS, OFFICIAL_SUBJECTS
from mexlab.data.databases.corrections import known_corrections
from mexlab.data.databases.official import (
    FoundCounts,
    OfficialCounts,
    count_differences,
    official_counts,
    official_of,
)
from mexlab.data.databases.registry import readers
from mexlab.data.labels.schemes import label_scheme

GUIDE = (Path(__file__).parents[4] / "docs" / "databases.md").read_text("utf-8")
BY_TITLE = {one.title: one for one in official_counts()}


def test_every_reader_but_that_of_own_recordings_has_numbers() -> None:
    assert {one.layout for one in official_counts()} == set(readers()) - {"folder"}


@pytest.mark.parametrize("one", official_counts(), ids=lambda one: one.title)
def test_numbers_agree_with_each_other_and_with_the_reader(one: OfficialCounts) -> None:
    reader = readers()[one.layout]
    if reader.fps is not None and one.title != "SMIC-VIS" and one.title != "SMIC-NIR":
        assert one.fps == reader.fps
    assert set(one.emotions) <= set(reader.emotions)
    if one.emotions and one.title != "CK+":
        assert sum(one.emotions.values()) == one.clips
    assert one.clips is not None


def test_numbers_of_the_facts_page() -> None:
    assert sum(BY_TITLE["CK+"].emotions.values()) == 327, "labelled sequences"
    features = [one for one in official_counts() if one.layout == "ststnet"]
    assert sum(one.clips or 0 for one in features) == 442
    assert sum(one.subjects or 0 for one in features) == 68
    assert (BY_TITLE["SAMM Long Videos"].macro, BY_TITLE["SAMM Long Videos"].micro) == (343, 159)
    assert (BY_TITLE["CAS(ME)2"].macro, BY_TITLE["CAS(ME)2"].micro) == (300, 57)


@pytest.mark.parametrize(
    ("title", "layout"),
    [("CASME II (STSTNet features)", "casme2"), ("SAMM (STSTNet features)", "samm")],
)
def test_feature_releases_follow_from_the_databases(title: str, layout: str) -> None:
    whole = next(one for one in official_counts() if one.layout == layout)
    scheme = label_scheme("megc2019")
    classes: dict[str, int] = {}
    for emotion, number in whole.emotions.items():
        if group := scheme.classify(layout, emotion):
            classes[group] = classes.get(group, 0) + number
    # Two CASME II clips of a class have no full coding, and are left out by name.
    left_out = {"negative": 2} if layout == "casme2" else {}
    assert {name: number - left_out.get(name, 0) for name, number in classes.items()} == dict(
        BY_TITLE[title].emotions
    )


def test_feature_releases_are_the_composite() -> None:
    features = [one for one in official_counts() if one.layout == "ststnet"]
    assert {tuple(one.emotions.values()) for one in features} == set(OFFICIAL_COUNTS.values())
    assert {one.subjects for one in features} == set(OFFICIAL_SUBJECTS.values())


@pytest.mark.parametrize("layout", sorted(readers()))
def test_the_guide_has_a_section_on_every_layout_with_the_same_numbers(layout: str) -> None:
    assert re.search(rf"^`mexlab import {layout} \S+.*`", GUIDE, re.MULTILINE)
    row = re.search(rf"^\| \[`{layout}`\]\(#([\w-]+)\) (.*)$", GUIDE, re.MULTILINE)
    assert row is not None
    headings = re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\s-]", "", one.lower()).replace(" ", "-") for one in headings}
    assert row[1] in anchors
    parts = [one for one in official_counts() if one.layout == layout]
    if len(parts) == 1 or layout == "smic":
        told = [re.sub(r"[^\d]", "", cell) for cell in row[2].split("|")[2:5]]
        numbers = (parts[0].clips, parts[0].subjects, parts[0].fps)
        assert told == ["" if one is None else f"{one:g}" for one in numbers]


def test_the_guide_tells_every_correction() -> None:
    for one in known_corrections():
        assert f"{one.subject}/{one.clip}" in GUIDE


def test_a_title_is_found_with_and_without_its_mark() -> None:
    assert official_of("smic", "SMIC-NIR (synthetic)") is BY_TITLE["SMIC-NIR"]
    assert official_of("smic", "SMIC") is None
    assert official_of("folder", "CASME II") is None


def found(**changes: Any) -> FoundCounts:
    casme2 = BY_TITLE["CASME II"]
    facts: dict[str, Any] = {
        "clips": 255,
        "subjects": 26,
        "micro": 255,
        "macro": 0,
        "fps": 200.0,
        "emotions": dict(casme2.emotions),
    }
    return FoundCounts(**{**facts, **changes})


@pytest.mark.parametrize(
    ("have", "words"),
    [
        (found(), []),
        (found(clips=253, micro=253), ["clips 253 of 255 (2 missing)"]),
        (found(clips=256, micro=255), ["clips 256 of 255 (1 more)"]),
        (found(micro=250), ["micro-expressions 250 of 255 (5 missing)"]),
        (found(subjects=25), ["subjects 25 of 26 (1 missing)"]),
        (found(fps=None), ["various fps, published 200"]),
        (
            found(emotions={**BY_TITLE["CASME II"].emotions, "fear": 1, "joy": 1}),
            ["fear 1 of 2", "joy 1 of 0"],
        ),
    ],
)
def test_differences_are_named_one_by_one(have: FoundCounts, words: list[str]) -> None:
    assert count_differences(have, BY_TITLE["CASME II"]) == words


def test_expressions_of_long_videos_are_compared_where_those_are_counted() -> None:
    videos = FoundCounts(clips=90, subjects=94, micro=860, macro=12, fps=30.0)
    assert count_differences(videos, BY_TITLE["CAS(ME)3 part A"]) == []
    long = FoundCounts(clips=147, subjects=30, micro=159, macro=340, fps=200.0)
    assert count_differences(long, BY_TITLE["SAMM Long Videos"]) == [
        "macro-expressions 340 of 343 (3 missing)"
    ]
    unsure = FoundCounts(clips=97, subjects=22, micro=57, macro=300, fps=30.0)
    assert count_differences(unsure, BY_TITLE["CAS(ME)2"]) == ["videos 97 of about 98 (1 missing)"]
