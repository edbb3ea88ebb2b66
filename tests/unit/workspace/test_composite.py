"""The MEGC2019 composite over databases on disk, and training on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest

from mexlab.data.clips import ClipKey
from mexlab.data.composite.megc2019 import OFFICIAL_COUNTS, OFFICIAL_SUBJECTS
from mexlab.data.labels.schemes import THREE_CLASSES
from mexlab.errors import InputError
from mexlab.evaluation.splits import leave_one_subject_out
from mexlab.features.settings import FlowSettings
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.build import build_feature_set
from mexlab.workspace.feature_sets.composite import compose_megc2019
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.importing import import_into
from mexlab.workspace.trainings.request import build_request

CASME2_HEADER = ("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Action Units",
                 "Estimated Emotion")  # fmt: skip
SAMM_HEADER = ("Subject", "Filename", "Onset Frame", "Apex Frame", "Offset Frame", "Action Units",
               "Estimated Emotion")  # fmt: skip
CASME2 = [
    (1, "EP02_01f", 11, 12, 14, "12", "happiness"),
    (1, "EP03_02", 11, 12, 14, "4", "disgust"),
    (1, "EP04_04", 11, 12, 14, "?", "others"),
    (4, "EP12_01f", 11, "/", 14, "4", "disgust"),
    (5, "EP01_01", 11, 12, 14, "1+2", "surprise"),
]
SAMM = [
    (6, "006_1_2", 11, 12, 14, "4+7", "Anger"),
    (6, "006_1_3", 11, 12, 14, "12", "Other"),
]
SMIC = ("s1/micro/negative/s1_ne_01", "s1/micro/surprise/s1_sur_01", "s2/micro/positive/s2_po_01")


def frames(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(10, 16):
        assert cv2.imwrite(str(folder / f"img{number}.png"), np.zeros((8, 8, 3), np.uint8))


def sheet(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    for cells in (header, *rows):
        book.active.append(list(cells))
    book.save(path)


def write_casme2(root: Path) -> Path:
    """Five clips; the folder of the last is gone."""
    sheet(root / "CASME2-coding-20140508.xlsx", CASME2_HEADER, CASME2)
    for row in CASME2[:-1]:
        frames(root / "CASME2_RAW_selected" / f"sub{row[0]:02d}" / str(row[1]))
    return root


def write_samm(root: Path) -> Path:
    sheet(root / "SAMM_Micro_FACS_Codes_v2.xlsx", SAMM_HEADER, SAMM)
    for row in SAMM:
        frames(root / "SAMM" / f"{row[0]:03d}" / str(row[1]))
    return root


def write_smic(root: Path, cameras: tuple[str, ...] = ("HS", "VIS")) -> Path:
    for camera in cameras:
        for clip in SMIC:
            frames(root / "SMIC_all_raw" / camera / clip)
    return root


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.create(tmp_path / "framed")
    yield made
    made.close()


@pytest.fixture
def framed(tmp_path: Path, empty: Workspace) -> Workspace:
    """CASME II, SAMM and two cameras of SMIC, from frames."""
    import_into(empty, "casme2", write_casme2(tmp_path / "casme2"))
    import_into(empty, "samm", write_samm(tmp_path / "samm"))
    import_into(empty, "smic", write_smic(tmp_path / "smic"))
    return empty


def official(path: Path, *rows: str) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows))
    return path


def test_the_rules_over_three_databases(framed: Workspace) -> None:
    built = compose_megc2019(framed)
    assert {str(one.key): one.label for one in built.clips} == {
        "casme2/sub01/EP02_01f": "positive",
        "casme2/sub01/EP03_02": "negative",
        "samm/006/006_1_2": "negative",
        "smic/s01/s1_ne_01": "negative",
        "smic/s01/s1_sur_01": "surprise",
        "smic/s02/s2_po_01": "positive",
    }
    assert not built.complete
    reasons = {one.clip: one.reason for one in built.left_out}
    assert reasons["casme2/sub01/EP04_04"] == "megc2019 has no class for 'others' of casme2"
    assert "its row has no apex" in reasons["casme2/sub04/EP12_01f"]
    assert "'other'" in reasons["samm/006/006_1_3"]
    assert {one.component for one in built.untrainable} == {"smic"}
    assert [built.subjects(name) for name in OFFICIAL_COUNTS] == [2, 1, 1]


def test_an_apex_without_a_picture_cannot_be_trained_on_and_is_named(
    framed: Workspace,
) -> None:
    key = ClipKey("casme2", "sub01", "EP02_01f")
    framed.store.change_coding(key, "ada", {"onset": 11, "apex": 99}, page="test")
    built = compose_megc2019(framed, coder="ada")
    reasons = {one.clip: one.reason for one in built.untrainable}
    assert reasons[str(key)] == "no picture of apex 99: code it anew"
    assert "no onset or no apex" in reasons["casme2/sub01/EP03_02"]
    assert len(reasons) == len(built.clips)


def test_a_clip_is_judged_by_its_first_expression(framed: Workspace) -> None:
    key = ClipKey("casme2", "sub01", "EP02_01f")
    for number, apex in ((1, 12), (2, 99)):
        marks = {"onset": 11, "apex": apex}
        framed.store.change_coding(key, "ada", marks, page="test", expression=number)
    built = compose_megc2019(framed, coder="ada")
    assert str(key) not in {one.clip for one in built.untrainable}


def test_what_an_import_left_out_is_named_as_perhaps_missing(framed: Workspace) -> None:
    (guess,) = compose_megc2019(framed).missing
    assert guess.clip == "casme2/5/ep01_01"
    assert "perhaps one of the composite's: left out by the import: no folder" in guess.reason


def test_the_official_list_wins(framed: Workspace, tmp_path: Path) -> None:
    path = official(
        tmp_path / "list.csv",
        "casme2,sub01,EP02_01f,0",
        "casme2,sub05,EP01_01,2",
        "samm,006,006_1_2,0",
        "samm,006,006_1_3,1",
        "smic,s1,s1_ne_01,0",
        "smic,s2,s2_po_01,1",
    )
    built = compose_megc2019(framed, official=path)
    labels = {str(one.key): one.label for one in built.clips}
    assert labels == {
        "casme2/sub01/EP02_01f": "negative",
        "samm/006/006_1_2": "negative",
        "samm/006/006_1_3": "positive",
        "smic/s01/s1_ne_01": "negative",
        "smic/s02/s2_po_01": "positive",
    }
    (missing,) = built.missing
    assert missing.clip == "casme2/sub05/EP01_01"
    assert missing.reason.startswith("surprise in list.csv; left out by the import: no folder")
    assert [one.clip for one in built.extra] == ["smic/s01/s1_sur_01", "casme2/sub01/EP03_02"]
    assert [one.clip for one in built.differences] == [
        "casme2/sub01/EP02_01f",
        "samm/006/006_1_3",
    ]


def test_the_whole_composite_is_442_clips_of_68_people(empty: Workspace, tmp_path: Path) -> None:
    """As many clips and people as were published, of three databases as their readers read them."""
    feelings = {"negative": "disgust", "positive": "happiness", "surprise": "surprise"}
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in OFFICIAL_COUNTS}
    listed = []
    for component, counts in OFFICIAL_COUNTS.items():
        labels = [name for name, n in zip(THREE_CLASSES, counts, strict=True) for _ in range(n)]
        for at, label in enumerate(labels):
            who = at % OFFICIAL_SUBJECTS[component] + 1
            clip, feeling = f"EP01_{at:03d}", feelings[label]
            folder = tmp_path / component / "CASME2_RAW_selected" / f"sub{who:02d}" / clip
            if component == "samm":
                clip, feeling = f"{who:03d}_{at}_1", feeling.capitalize()
                folder = tmp_path / component / "SAMM" / f"{who:03d}" / clip
            elif component == "smic":
                clip = f"s{who}_{label[:3]}_{at:02d}".replace("neg", "ne").replace("pos", "po")
                within = f"SMIC_all_raw/HS/s{who}/micro/{label}/{clip}"
                folder = tmp_path / component / within
            frames(folder)
            rows[component].append((who, clip, 11, 12, 14, "4", feeling))
            listed.append(f"{component},{who},{clip},{THREE_CLASSES.index(label)}")
    sheet(tmp_path / "casme2" / "CASME2-coding-20140508.xlsx", CASME2_HEADER, rows["casme2"])
    sheet(tmp_path / "samm" / "SAMM_Micro_FACS_Codes_v2.xlsx", SAMM_HEADER, rows["samm"])
    for component in OFFICIAL_COUNTS:
        import_into(empty, component, tmp_path / component)
    path = official(tmp_path / "list.csv", *listed)
    for built in (compose_megc2019(empty), compose_megc2019(empty, official=path)):
        assert built.complete
        assert [*built.missing, *built.extra, *built.differences, *built.left_out] == []
        assert built.table()[-1]["subjects"] == {"found": 68, "official": 68}
    # SMIC has no apex: ada marks all of them, and the list tells the classes.
    marks = {"onset": 11, "apex": 12, "offset": 14}
    for row in empty.store.clips():
        empty.store.change_coding(row.key, "ada", marks, page="test")
    plan = plan_training(empty, coder="ada", labels=str(path))
    assert (plan.clips, plan.subjects, len(set(plan.groups))) == (442, 68, 68)
    assert plan.class_counts == {"negative": 250, "positive": 109, "surprise": 83}
    folds = leave_one_subject_out(plan.groups)
    assert (len(folds), sum(len(fold.test_idx) for fold in folds)) == (68, 442)


def test_a_part_of_the_three_is_enough(empty: Workspace, tmp_path: Path) -> None:
    import_into(empty, "samm", write_samm(tmp_path / "samm"))
    built = compose_megc2019(empty)
    assert built.components == ("samm",)
    assert len(built.clips) == 1
    path = official(tmp_path / "list.csv", "samm,6,006_1_2,0", "smic,s1,s1_ne_01,0")
    listed = compose_megc2019(empty, official=path)
    assert [one.reason for one in listed.missing] == ["negative in list.csv; smic is not imported"]


def test_none_of_the_three_is_an_error(empty: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no database"):
        compose_megc2019(empty)
    import_into(empty, "smic", write_smic(tmp_path / "smic", ("NIR",)))
    with pytest.raises(InputError, match="none of CASME II, SMIC-HS and SAMM"):
        compose_megc2019(empty)


def test_two_of_one_kind_have_to_be_chosen_from(framed: Workspace, tmp_path: Path) -> None:
    import_into(framed, "samm", write_samm(tmp_path / "again"), name="grey")
    with pytest.raises(InputError, match="2 databases are samm: grey, samm") as caught:
        compose_megc2019(framed)
    assert caught.value.where == "--databases"
    built = compose_megc2019(framed, databases=["casme2", "grey"])
    assert {one.key.database for one in built.clips} == {"casme2", "grey"}


def write_release(root: Path) -> Path:
    """All of CASME II in the feature release, by its official counts."""
    picture = cv2.imencode(".png", np.full((28, 28, 3), 90, np.uint8))[1].tobytes()
    at = 0
    for label, count in enumerate(OFFICIAL_COUNTS["casme2"]):
        for _ in range(count):
            subject = f"sub{at % 24 + 1:02d}"
            # The first of sub01 is the clip that lies on disk as well, with another class.
            clip = "EP02_01f" if at == 0 else f"EP90_{at:03d}"
            file = root / subject / "u_test" / str(label) / f"{subject}_{clip} .png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(picture)
            at += 1
    return root


def test_names_are_checked_against_a_complete_feature_release(
    framed: Workspace, tmp_path: Path
) -> None:
    import_into(framed, "ststnet", write_release(tmp_path / "release"))
    built = compose_megc2019(framed)
    assert built.lists == {"casme2": "the feature release (ststnet-casme2)"}
    assert len([one for one in built.missing if one.component == "casme2"]) == 144
    assert [one.clip for one in built.differences] == ["casme2/sub01/EP02_01f"]
    assert "casme2/sub01/EP03_02" in [one.clip for one in built.extra]
    assert built.count("casme2") == 1


def test_the_composite_can_be_trained_on_by_rules_and_by_list(
    framed: Workspace, tmp_path: Path
) -> None:
    three = ["casme2", "samm", "smic"]
    plan = plan_training(framed, three)
    assert {str(sample.source.key): label for sample, label in plan.labelled} == {
        "casme2/sub01/EP02_01f": "positive",
        "casme2/sub01/EP03_02": "negative",
        "samm/006/006_1_2": "negative",
    }
    path = official(
        tmp_path / "list.csv",
        "casme2,sub01,EP02_01f,0",
        "samm,006,006_1_3,1",
        "smic,s1,s1_ne_01,0",
        "smic,s9,s9_ne_01,0",
    )
    # Databases need not be named: the list says which, and SMIC-VIS is not among them.
    plan = plan_training(framed, labels=str(path))
    assert {str(sample.source.key): label for sample, label in plan.labelled} == {
        "casme2/sub01/EP02_01f": "negative",
        "samm/006/006_1_3": "positive",
    }
    assert plan.classes == THREE_CLASSES
    reasons = {entry.where: entry.reason for entry in plan.left_out}
    assert reasons["smic/s01/s1_ne_01"] == "database marked no apex"
    assert reasons["smic/s9/s9_ne_01"] == "negative in list.csv; not among the imported clips"
    assert "not in list.csv: left out" in reasons["casme2/sub01/EP03_02"]


def test_each_clip_is_left_out_once_and_for_the_reason_that_counts(
    framed: Workspace, tmp_path: Path
) -> None:
    key = ClipKey("casme2", "sub01", "EP02_01f")
    framed.store.change_coding(key, "ada", {"onset": 11, "apex": 13, "offset": 14}, page="test")
    path = official(tmp_path / "list.csv", "casme2,1,EP02_01f,1", "casme2,1,EP03_02,0")
    plan = plan_training(framed, coder="ada", labels=str(path))
    # The list gives the label; the coder, who told no emotion, gives onset and apex.
    assert [(s.source.key, s.coding.apex, label) for s, label in plan.labelled] == [
        (key, 13, "positive")
    ]
    reasons = {entry.where: entry.reason for entry in plan.left_out}
    assert len(reasons) == len(plan.left_out)
    assert reasons["casme2/sub01/EP03_02"] == "ada has not coded it"
    assert "not in list.csv: left out" in reasons["smic/s01/s1_sur_01"]


def test_a_list_means_its_clips_whatever_kind_a_coder_gave_them(
    framed: Workspace, tmp_path: Path
) -> None:
    own = {"EP02_01f": "macro", "EP03_02": "micro"}
    for name, kind in own.items():
        changes = {"onset": 11, "apex": 12, "offset": 14, "kind": kind}
        framed.store.change_coding(ClipKey("casme2", "sub01", name), "ada", changes, page="test")
    path = official(tmp_path / "list.csv", "casme2,1,EP02_01f,1", "casme2,1,EP03_02,0")
    plan = plan_training(framed, coder="ada", labels=str(path))
    # Of CASME II, which now holds both, micro would be the default.
    assert {sample.key.name: sample.coding.kind for sample, _ in plan.labelled} == own


def test_objective_classes_and_single_units_label_a_training(framed: Workspace) -> None:
    plan = plan_training(framed, ["casme2", "samm"], labels="objective")
    assert {str(sample.source.key): label for sample, label in plan.labelled} == {
        "casme2/sub01/EP02_01f": "I",
        "casme2/sub01/EP03_02": "III",
        "samm/006/006_1_2": "III",
        "samm/006/006_1_3": "I",
    }
    reasons = {entry.where: entry.reason for entry in plan.left_out}
    assert reasons["casme2/sub01/EP04_04"] == "the coder could not tell the units"
    plan = plan_training(framed, ["casme2", "samm"], labels="au4")
    assert plan.class_counts == {"absent": 2, "present": 2}


def test_a_list_is_kept_with_the_features_and_its_path_made_whole(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        f"casme2,sub{s:02d},EP{label + 1:02d}_01f,{label}" for s in (1, 2, 3) for label in range(3)
    ]
    path = official(tmp_path / "list.csv", *rows)
    built = build_feature_set(workspace, labels=str(path))
    made, left_out = built.feature_set, built.left_out
    assert (len(made), made.classes) == (9, THREE_CLASSES)
    assert len(made.source["labels_sha256"]) == 64
    assert len(left_out) == 9
    monkeypatch.chdir(tmp_path)
    assert build_request(training={}, flow=FlowSettings(), labels="list.csv").labels == str(path)
    assert build_request(training={}, flow=FlowSettings(), labels="native").labels == "native"


def test_two_databases_01_never_share_a_fold(tmp_path: Path, empty: Workspace) -> None:
    for name in ("one", "two"):
        root = tmp_path / name
        for subject in (1, 2):
            for label in range(3):
                file = root / f"sub{subject:02d}" / "u_test" / str(label)
                file.mkdir(parents=True)
                picture = np.full((28, 28, 3), 50 * label, np.uint8)
                clip = f"sub{subject:02d}_EP{label + 1:02d}_01f .png"
                assert cv2.imwrite(str(file / clip), picture)
        import_into(empty, "ststnet", root, name=name)
    # Of one release twice, they would be the same people: here the table says otherwise.
    table = "database,subject,person\ntwo-casme2,*,others\n"
    (empty.path / "people.csv").write_text(table)
    made = build_feature_set(empty).feature_set
    folds = leave_one_subject_out(made.groups)
    assert [fold.name for fold in folds] == [
        "one-casme2/sub01", "one-casme2/sub02", "two-casme2/sub01", "two-casme2/sub02",
    ]  # fmt: skip
    for fold in folds:
        held_out = {made.keys[i].group for i in fold.test_idx}
        assert len(held_out) == 1
        assert not held_out & {made.keys[i].group for i in fold.train_idx}
        # The namesake of the other database is trained on, being somebody else.
        subject = next(iter(held_out))[1]
        assert subject in {made.keys[i].subject for i in fold.train_idx}
