"""A person is one in however many databases: in folds, pre-training, counts and intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mexlab.data.clips import Clip, ClipKey
from mexlab.data.codings import Coding
from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.registry import readers
from mexlab.data.labels.schemes import THREE_CLASSES
from mexlab.data.people import name_people, people_of
from mexlab.data.reports import ImportReport
from mexlab.errors import InputError
from mexlab.evaluation.splits import k_fold_by_subject, leave_one_database_out
from mexlab.features.feature_set import FeatureSet
from mexlab.reports.intervals import run_intervals
from mexlab.runs.files import Prediction
from mexlab.runs.provenance import describe_data
from mexlab.runs.run import Run
from mexlab.runs.settings import TrainingSettings
from mexlab.training.pretraining import plan_pretraining
from mexlab.workspace import Workspace
from mexlab.workspace.feature_sets.plan import plan_training
from mexlab.workspace.importing import import_into
from mexlab.workspace.people import PEOPLE_FILE, People, read_people

NOWHERE = Path("/nowhere")


#: Databases as their readers name clips and subjects: of one expression a clip, but for the long
#: videos of SAMM, whose note says SAMM's own file name.
DATABASES = {
    "smic": ("smic", {"s03": ["s3_sur_01", "s3_po_02"], "s18": ["s18_ne_01", "s18_po_01"]}),
    "smic-vis": ("smic", {"s18": ["s18_ne_01", "s18_sur_09"]}),
    "smic_e": ("smic_e", {"s03": ["s03_sur_1"], "s18": ["s18_po_09"]}),
    "cropped": ("smic", {"s03": ["s3_sur_01"], "s18": ["s18_po_01"]}),
    "samm": ("samm", {"006": ["006_1_2", "006_1_3"], "007": ["007_3_1"]}),
    "samm_lv": ("samm_lv", {"006": ["006_1"]}),
    "mine": ("folder", {"ada": ["1", "2"]}),
    "mine-2": ("folder", {"bea": ["1", "2"]}),
}


@pytest.fixture
def filmed(tmp_path: Path) -> Iterator[Workspace]:
    """Databases as they came from their readers, clips as features: no frame is needed here."""
    made = Workspace.create(tmp_path / "workspace")
    for name, (layout, subjects) in DATABASES.items():
        keys = [ClipKey(name, who, clip) for who, clips in subjects.items() for clip in clips]
        made.store.put_database(
            ImportedDatabase(
                name=name,
                title=name,
                layout=layout,
                root=tmp_path / name,
                synthetic=False,
                emotions=THREE_CLASSES,
                clips=[Clip(key, None, None, Path("a.png")) for key in keys],
                codings=[coding for key in keys for coding in code(key)],
                report=ImportReport(name, name, ""),
            ).finish()
        )
    yield made
    made.close()


def code(key: ClipKey) -> list[Coding]:
    """The database's own coding; the marks are others in each clip."""
    names = ["006_1_9; brief", "006_1_3"] if key.database == "samm_lv" else [""]
    start = sum(map(ord, str(key)))
    return [
        Coding(
            key,
            "database",
            *(start + number, start + number + 2, start + number + 9),
            emotion=("positive", "negative", "surprise")[start % 3],
            note=note,
            status="committed",
            expression=number,
            kind="micro",
        )
        for number, note in enumerate(names, start=1)
    ]


@pytest.fixture
def table(filmed: Workspace) -> Iterator[Path]:
    path = filmed.path / PEOPLE_FILE
    yield path
    path.unlink(missing_ok=True)


def test_every_layout_says_whose_people_it_shows() -> None:
    groups = {
        name: people_of(name, name, synthetic=False, root=NOWHERE)
        for name in readers()
        if name not in ("folder", "ststnet")
    }
    assert groups["smic"] == groups["smic_e"] == "smic"
    assert groups["samm"] == groups["samm_lv"] == "samm"
    # Whether CASME, CASME II, CAS(ME)2 and CAS(ME)3 have people in common is not known.
    others = [name for name in groups if not name.startswith(("smic", "samm"))]
    assert [groups[name] for name in others] == others


def test_a_release_under_another_name_shows_the_same_people() -> None:
    def group(name: str, layout: str, synthetic: bool = False) -> str:
        return people_of(name, layout, synthetic=synthetic, root=NOWHERE)

    assert group("lab-raw", "casme2") == group("lab-cropped", "casme2") == "casme2"
    assert group("ststnet-smic", "ststnet") == group("smic", "smic")
    # Own recordings are nobody else's, whatever they are called.
    assert group("smic", "folder") != "smic"
    assert group("own", "folder") == "own"
    assert group("casme2", "casme2", synthetic=True) != group("casme2", "casme2")


def test_people_of_synthetic_databases_of_other_seeds_are_others(tmp_path: Path) -> None:
    groups = []
    for seed in (0, 3, 3):
        (tmp_path / "mexlab-synthetic.json").write_text(f'{{"seed": {seed}}}')
        groups.append(people_of("casme2", "casme2", synthetic=True, root=tmp_path))
    assert groups[0] != groups[1] == groups[2]


def test_cameras_and_crops_are_one_group_of_people(filmed: Workspace) -> None:
    people = People(filmed)
    persons = {
        name: people.of(ClipKey(name, "s18", "any"))
        for name in ("smic", "smic-vis", "smic_e", "cropped")
    }
    assert len(set(persons.values())) == 1
    assert people.beside("smic-vis") == ["cropped", "smic", "smic_e"]
    assert people.beside("samm") == ["samm_lv"]
    assert people.beside("mine") == []


@pytest.mark.parametrize(
    ("databases", "pair"),
    [
        (["smic", "smic-vis"], ("smic/s18/s18_ne_01", "smic-vis/s18/s18_ne_01")),
        (["smic", "smic_e"], ("smic/s03/s3_sur_01", "smic_e/s03/s03_sur_1")),
        (["cropped", "smic"], ("cropped/s03/s3_sur_01", "smic/s03/s3_sur_01")),
        (["samm", "samm_lv"], ("samm/006/006_1_3", "samm_lv/006/006_1#2")),
    ],
)
def test_two_views_of_one_expression_are_refused(
    filmed: Workspace, databases: list[str], pair: tuple[str, str]
) -> None:
    with pytest.raises(InputError) as refused:
        plan_training(filmed, databases, labels="native")
    assert " and ".join(pair) in str(refused.value)
    assert "two views of one moment" in refused.value.problem
    assert f"Choose one of {', '.join(databases)}" in str(refused.value.remedy)


def test_equal_marks_tell_two_views_whatever_they_are_called(
    filmed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, other = ClipKey("smic", "s18", "s18_po_01"), ClipKey("smic-vis", "s18", "s18_sur_09")
    marks = {"onset": 70_001, "apex": 70_009, "offset": 70_020, "emotion": "surprise"}
    for one in (key, other):
        filmed.store.change_coding(one, "bob", marks, page="test")
    with pytest.raises(InputError, match=f"{key} and {other}"):
        plan_training(filmed, ["smic", "smic-vis"], "bob", "native")
    # Who codes here would learn the marks of a closed one from the other's.
    monkeypatch.setattr("mexlab.workspace.feature_sets.two_views.may_see_each", lambda *_: {key})
    with pytest.raises(InputError, match="would be counted twice") as refused:
        plan_training(filmed, ["smic", "smic-vis"], "bob", "native")
    assert key.name not in str(refused.value)
    assert other.name not in str(refused.value)


def test_in_databases_that_a_lab_brought_together_name_and_marks_have_to_agree(
    filmed: Workspace, table: Path
) -> None:
    table.write_text("database,subject,person\nmine,ada,P1\nmine-2,bea,P1\n")
    # Both have clips "1" and "2", of other moments.
    plan = plan_training(filmed, ["mine", "mine-2"], labels="native")
    assert (plan.clips, plan.subjects) == (4, 1)
    assert set(plan.groups) == {"P1"}
    marks = {"onset": 1, "apex": 2, "offset": 5, "emotion": "awe"}
    for one in (ClipKey("mine", "ada", "1"), ClipKey("mine-2", "bea", "1")):
        filmed.store.change_coding(one, "bob", marks, page="test")
    with pytest.raises(InputError, match="one expression would be counted twice"):
        plan_training(filmed, ["mine", "mine-2"], "bob", "native")


def test_a_person_is_counted_and_held_out_once(filmed: Workspace) -> None:
    for name, clip in (("smic", "s18_po_01"), ("smic", "s3_po_02"), ("smic-vis", "s18_sur_09")):
        key = next(row.key for row in filmed.store.clips(database=name) if row.key.name == clip)
        marks = {"onset": 1, "apex": 2 + len(clip), "emotion": "surprise"}
        filmed.store.change_coding(key, "bob", marks, page="test")
    plan = plan_training(filmed, ["smic", "smic-vis"], "bob", "native")
    assert (plan.clips, plan.subjects) == (3, 2)
    assert plan.groups == ["smic/s03", "smic/s18", "smic/s18"]


def test_an_import_says_who_is_there_already(workspace: Workspace, release: Path) -> None:
    (report, _), *_ = import_into(workspace, "ststnet", release, name="again")
    said = [entry.reason for entry in report.entries if "its people" in entry.reason]
    assert len(said) == 1
    assert "those of casme2" in said[0]
    # What is stored says it, too, not what was printed alone.
    (stored,) = [row.report for row in workspace.store.databases() if row.name == "again-casme2"]
    assert said[0] in [one["reason"] for one in stored["entries"] if one["kind"] == "note"]


def test_databases_that_come_at_once_know_of_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cameras(*_: object, **__: object) -> list[ImportedDatabase]:
        return [
            ImportedDatabase(
                name=name,
                title=name,
                layout="smic",
                root=tmp_path,
                synthetic=False,
                emotions=THREE_CLASSES,
                clips=[Clip(ClipKey(name, "s01", "a"), None, None, Path("a.png"))],
                codings=[],
                report=ImportReport(name, name, ""),
            ).finish()
            for name in ("smic", "smic-vis")
        ]

    monkeypatch.setattr("mexlab.workspace.importing.read_databases", cameras)
    made = Workspace.create(tmp_path / "cameras")
    for _ in range(2):
        # The second time they are there already: each is told of once, and not of itself.
        import_into(made, "smic", tmp_path, name="smic")
        reports = {row.name: row.report["entries"] for row in made.store.databases()}
        assert {name: len(entries) for name, entries in reports.items()} == dict.fromkeys(
            reports, 1
        )
        assert "those of smic-vis:" in reports["smic"][0]["reason"]
        assert "those of smic:" in reports["smic-vis"][0]["reason"]
    made.close()


def test_a_lab_may_say_who_is_who(filmed: Workspace, table: Path) -> None:
    # As a German spreadsheet saves it.
    lines = ["\ufeffdatabase;subject;person", "smic-vis;*;somebody else", "samm;006;smic/s18", ""]
    table.write_bytes("\r\n".join(lines).encode())
    people = People(filmed)
    assert people.of(ClipKey("smic-vis", "s18", "x")) == "somebody else/s18"
    assert people.of(ClipKey("samm", "006", "x")) == "smic/s18"
    plan = plan_training(filmed, ["smic", "smic-vis"], labels="native")
    assert len({group for group in plan.groups if group.endswith("s18")}) == 2


def test_a_subject_that_the_workspace_has_not_is_nobody_known(filmed: Workspace) -> None:
    people = People(filmed)
    key = filmed.store.clips()[0].key
    assert people.known(key) == people.of(key)
    assert people.known(ClipKey(key.database, "s99", key.name)) is None
    assert people.known(ClipKey("elsewhere", key.subject, key.name)) is None


def test_the_table_is_written_and_read_back(filmed: Workspace, table: Path) -> None:
    people = People(filmed)
    people.change({("smic", "s18"): "P7", ("samm", "*"): "others"})
    assert read_people(table) == {("smic", "s18"): "P7", ("samm", "*"): "others"}
    assert People(filmed).of(ClipKey("smic", "s18", "x")) == "P7"
    said = {(one.database, one.subject): one.said_by for one in People(filmed).listing()}
    assert said["smic", "s18"] == "table"
    assert said["smic-vis", "s18"] == "reader"
    people.change({("smic", "s18"): None})
    assert read_people(table) == {("samm", "*"): "others"}
    with pytest.raises(InputError, match="no subject smic/nobody"):
        people.change({("smic", "nobody"): "P7"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "got none"),
        ("a,b\n1,2\n", "database, subject, person"),
        ("database,subject,person\nsmic,s1,\n", "row 2"),
        ("database,subject,person\nsmic,s1,a\n\nsmic,s1,b\n", "row 4"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_its_row(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / PEOPLE_FILE
    path.write_text(text or "\n")
    with pytest.raises(InputError, match=said):
        read_people(path)


# ---- what is done with it -------------------------------------------------------------------


def two_cameras() -> FeatureSet:
    """Three people by two cameras, two clips each; and one in a third database alone."""
    keys = [
        ClipKey(name, f"s{number}", f"clip{clip}")
        for name in ("smic", "smic-vis")
        for number in (1, 2, 3)
        for clip in (1, 2)
    ] + [ClipKey("samm", "006", "a"), ClipKey("samm", "006", "b")]
    persons = tuple(f"{key.database.partition('-')[0]}/{key.subject}" for key in keys)
    inputs = np.random.default_rng(0).normal(size=(len(keys), 3, 28, 28))
    source = {"source": "computed"}
    return FeatureSet(inputs, np.arange(len(keys)) % 2, ("a", "b"), keys, source, persons=persons)


def test_nobody_is_on_both_sides_of_a_fold() -> None:
    features = two_cameras()
    people = np.array(features.persons)
    for folds in (
        features_folds(features),
        k_fold_by_subject(features.groups, 2, seed=4),
    ):
        held_out = np.concatenate([fold.test_idx for fold in folds])
        assert sorted(held_out) == list(range(len(features)))
        for fold in folds:
            assert not set(people[fold.train_idx]) & set(people[fold.test_idx])
    assert [fold.name for fold in features_folds(features)] == [
        "samm/006",
        "smic/s1",
        "smic/s2",
        "smic/s3",
    ]


def features_folds(features: FeatureSet, **settings: str):  # type: ignore[no-untyped-def]
    from mexlab.runs.folding import cut_folds

    return cut_folds(features.groups, TrainingSettings(**settings), features.databases)


def test_a_database_cannot_be_held_out_whose_people_another_one_shows() -> None:
    features = two_cameras()
    with pytest.raises(InputError, match="smic and smic-vis show the same people"):
        leave_one_database_out(features.databases, features.groups)
    with pytest.raises(InputError, match="smic and smic-vis show the same people"):
        features_folds(features, protocol="leave-one-database-out")
    apart = features.subset(np.array([key.database != "smic-vis" for key in features.keys]))
    assert len(leave_one_database_out(apart.databases, apart.groups)) == 2


def test_nobody_who_is_tested_is_pre_trained_on() -> None:
    features = two_cameras()
    database = np.array(features.databases)
    tested = features.subset((database == "smic") & (np.array(features.persons) != "smic/s3"))
    source = features.subset(database == "smic-vis")
    with pytest.raises(InputError):
        # Of one person no two classes are left, were it not for both clips.
        plan_pretraining(source.subset(np.arange(4)), tested, TrainingSettings(model="laenet"))
    planned = plan_pretraining(source, tested, TrainingSettings(model="laenet"))
    assert set(planned.source.persons) == {"smic/s3"}
    assert planned.left_out == ("smic-vis/s1", "smic-vis/s2")
    assert planned.to_record()["subjects"] == 1


def test_the_record_of_a_run_says_who_is_who(tmp_path: Path) -> None:
    features = two_cameras()
    data = describe_data(features, {})
    assert data["subjects"] == 4
    assert data["people"]["smic-vis/s1"] == "smic/s1"
    assert "samm/006" not in data["people"]
    run = Run("r", tmp_path, _record={"data": data})
    assert run.person(ClipKey("smic-vis", "s1", "x")) == "smic/s1"
    assert run.person(ClipKey("samm", "006", "x")) == "samm/006"
    # A run of before knows of none.
    assert Run("r", tmp_path).person(ClipKey("smic-vis", "s1", "x")) == "smic-vis/s1"


def test_intervals_are_drawn_over_people(tmp_path: Path) -> None:
    features = two_cameras()
    data = describe_data(features, {})
    rows = [
        Prediction(key, "ab"[label], "a", {"a": 1.0, "b": 0.0}, 1, "f")
        for key, label in zip(features.keys, features.labels, strict=True)
    ]
    found = {}
    for name, record in (("together", data), ("apart", {**data, "people": {}})):
        run = Run("r", tmp_path, _record={"data": record, "metrics": {"full": {}}})
        found[name] = run_intervals(run, rows)["full"].subjects
    assert found == {"together": 4, "apart": 7}


def test_a_name_that_two_people_would_have_is_told_apart() -> None:
    keys = [ClipKey("a", "1", "x"), ClipKey("b", "1", "x"), ClipKey("c", "1", "x")]
    # "a/1" is somebody, and the lab calls him so who is in b and c.
    assert name_people(keys, ["P", "a/1", "a/1"]) == ["a/1", "b/1 = c/1", "b/1 = c/1"]
    assert replace(two_cameras(), persons=()).persons[:1] == ("smic/s1",)
