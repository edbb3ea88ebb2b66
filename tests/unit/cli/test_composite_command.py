"""`mexlab composite megc2019`: what it prints, what it writes, and training on what it wrote."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from mexlab.cli import main
from mexlab.data.composite.megc2019 import OFFICIAL_COUNTS, OFFICIAL_SUBJECTS
from mexlab.runs.folding import cut_folds
from mexlab.runs.provenance import describe_data
from mexlab.runs.settings import TrainingSettings
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.build import build_feature_set
from mexlab.workspace.importing import import_into

NAMES = {
    "smic": ("s{0:02d}", "s{0:02d}_ne_{1:02d}"),
    "casme2": ("sub{0:02d}", "EP01_{1:03d}"),
    "samm": ("{0:03d}", "{0:03d}_{1}_1"),
}


def write_release(root: Path, components: tuple[str, ...] = tuple(OFFICIAL_COUNTS)) -> Path:
    """A feature release whose counts are the published ones; a picture tells its class."""
    pictures = [
        cv2.imencode(".png", np.full((28, 28, 3), 40 + 80 * label, np.uint8))[1].tobytes()
        for label in range(3)
    ]
    for component in components:
        people = OFFICIAL_SUBJECTS[component]
        labels = [label for label, n in enumerate(OFFICIAL_COUNTS[component]) for _ in range(n)]
        for at, label in enumerate(labels):
            subject, clip = (form.format(at % people + 1, at + 1) for form in NAMES[component])
            file = root / subject / "u_test" / str(label) / f"{subject}_{clip} .png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pictures[label])
    (root / "mexlab-synthetic.json").write_text("{}")
    return root


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("composite")
    made = Workspace.create(place / "ws")
    import_into(made, "ststnet", write_release(place / "release"))
    made.close()
    return place / "ws"


def test_the_whole_composite_is_as_published(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "composite.csv"
    arguments = ["composite", "megc2019", "-w", str(workspace), "--out", str(out)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    (full,) = [line for line in printed.splitlines() if "442 of 442" in line]
    assert "250 of 250" in full
    assert "68 of 68" in full
    assert printed.count("as published") == 4
    assert "442 clips written to" in printed
    # What was written is a list, and reading it back finds nothing to tell.
    assert main([*arguments[:4], "--list", str(out), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["complete"] is True
    assert record["missing"] == record["extra"] == record["differences"] == []
    assert record["lists"] == dict.fromkeys(OFFICIAL_COUNTS, "composite.csv")


def test_the_whole_composite_is_cut_into_68_folds(workspace: Path) -> None:
    with closing(Workspace.open(workspace)) as opened:
        built = build_feature_set(opened)
        features, left_out = built.feature_set, built.left_out
    assert (len(features), len(set(features.persons)), left_out) == (442, 68, ())
    folds = cut_folds(features.groups, TrainingSettings(), features.databases)
    assert (len(folds), sum(len(fold.test_idx) for fold in folds)) == (68, 442)
    data = describe_data(features, {})
    assert (data["clips"], data["subjects"], data["people"]) == (442, 68, {})
    assert {one["name"]: one["subjects"] for one in data["databases"]} == OFFICIAL_SUBJECTS


def test_missing_extra_and_otherwise_labelled_clips_are_printed_by_name(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "composite.csv"
    assert main(["composite", "megc2019", "-w", str(workspace), "--out", str(out)]) == 0
    rows = out.read_text().splitlines()
    (changed,) = [row for row in rows if row.startswith("casme2,sub01,EP01_001,")]
    assert changed.endswith(",0")
    (dropped,) = [row for row in rows if row.startswith("samm,001,001_1_1,")]
    rows[rows.index(changed)] = changed[:-1] + "2"
    rows.remove(dropped)
    out.write_text("\n".join([*rows, "smic,s99,s99_ne_01,0"]))
    capsys.readouterr()
    assert main(["composite", "megc2019", "-w", str(workspace), "--list", str(out)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "differs" in printed
    assert "Missing (1): smic/s99/s99_ne_01: negative in composite.csv; not among the" in printed
    assert "Extra (1): samm/001/001_1_1: negative by the rules, but not in" in printed
    assert "Labelled otherwise (1): casme2/sub01/EP01_001: negative by the rules, sur" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["megc2018"], "no composite 'megc2018'; there are megc2019"),
        (["megc2019", "--list", "nowhere.csv"], "nowhere.csv: no such file"),
        (["megc2019", "--databases", "mmew"], "there is no database 'mmew'"),
        (["megc2019", "--coder", "ada"], "no coder 'ada'"),
    ],
)
def test_what_cannot_be_composed_is_one_line(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["composite", *arguments, "-w", str(workspace)]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert words in told
    assert "Traceback" not in told


def test_a_list_can_be_trained_on(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two people of each database with one number: four folds, as they are four people."""
    rows = [
        f"{component},{subject},{clip},{label}"
        for component in ("casme2", "smic")
        for person in (1, 2)
        for label, at in enumerate(_first_clips(component, person))
        for subject, clip in [[form.format(person, at + 1) for form in NAMES[component]]]
    ]
    (tmp_path / "few.csv").write_text("\n".join(rows))
    assert main(
        ["train", "-w", str(workspace), "--labels", str(tmp_path / "few.csv"), "--epochs", "1",
         "--json"]
    ) == 0  # fmt: skip
    record = json.loads(capsys.readouterr().out)
    assert set(record["metrics"]) == {"full", "casme2", "smic"}
    assert record["metrics"]["full"]["n"] == 12


def _first_clips(component: str, person: int) -> list[int]:
    """A clip of each class of a person, by its place in the release."""
    labels = [label for label, n in enumerate(OFFICIAL_COUNTS[component]) for _ in range(n)]
    people = OFFICIAL_SUBJECTS[component]
    own = [at for at in range(len(labels)) if at % people + 1 == person]
    return [next(at for at in own if labels[at] == label) for label in range(3)]
