from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mexlab.data.databases.imported import ImportedDatabase
from mexlab.data.databases.layouts.ststnet import read_feature_image
from mexlab.data.databases.registry import read_database, read_databases
from mexlab.errors import InputError

#: Held-out folder, class, sample: two of CASME II, two of SMIC, one of SAMM.
SAMPLES = (
    ("sub09", 0, "sub09_EP02_01f"),
    ("sub09", 1, "sub09_EP13_02"),
    ("s03", 0, "s03_s03_ne_03"),
    ("s03", 2, "s03_s03_sur_01"),
    ("006", 2, "006_006_1_2"),
)


def picture(seed: int, size: int = 28) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    return cv2.imencode(".png", noise)[1].tobytes()


def members() -> dict[str, bytes]:
    """The release's layout: a space before ``.png``, and a training side that is not read."""
    files = {}
    for seed, (subject, label, sample) in enumerate(SAMPLES):
        root = "three_norm_u_v_os"
        files[f"{root}/{subject}/u_test/{label}/{sample} .png"] = picture(seed)
        for held_out in {one[0] for one in SAMPLES} - {subject}:
            files[f"{root}/{held_out}/u_train/{label}/{sample} .png"] = picture(seed)
    return files


Release = Callable[..., Path]


@pytest.fixture(params=["zip", "folder"])
def release(request: pytest.FixtureRequest, tmp_path: Path) -> Release:
    def write(files: dict[str, bytes] | None = None) -> Path:
        files = members() if files is None else files
        if request.param == "zip":
            path = tmp_path / "release.zip"
            with zipfile.ZipFile(path, "w") as archive:
                for name, data in files.items():
                    archive.writestr(name, data)
            return path
        root = tmp_path / "release"
        for name, data in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        return root

    return write


def by_name(databases: list[ImportedDatabase]) -> dict[str, ImportedDatabase]:
    return {one.name: one for one in databases}


def reasons(database: ImportedDatabase, kind: str) -> list[tuple[str, str]]:
    return [(e.where, e.reason) for e in database.report.entries if e.kind == kind]


def test_each_component_becomes_a_database_of_its_own(release: Release) -> None:
    databases = by_name(read_databases("ststnet", release()))
    assert {name: one.report.clips for name, one in databases.items()} == {
        "casme2": 2,
        "smic": 2,
        "samm": 1,
    }
    codings = {str(c.clip): c.emotion for one in databases.values() for c in one.codings}
    assert codings == {
        "casme2/sub09/EP02_01f": "negative",
        "casme2/sub09/EP13_02": "positive",
        "smic/s03/s03_ne_03": "negative",
        "smic/s03/s03_sur_01": "surprise",
        "samm/006/006_1_2": "surprise",
    }
    for one in databases.values():
        assert one.layout == "ststnet"
        assert one.emotions == ("negative", "positive", "surprise")
        assert not one.report.of_kind("skipped")
        assert "sign and scale are lost" in one.report.of_kind("note")[0].reason


def test_clips_have_no_frames_but_a_feature_image(release: Release) -> None:
    path = release()
    for database in read_databases("ststnet", path):
        assert database.root == path
        for clip in database.clips:
            assert clip.frames is None
            assert clip.fps is None
            assert clip.features_file is not None
            assert not clip.features_file.is_absolute()


def test_images_come_back_as_red_green_blue(release: Release) -> None:
    database = by_name(read_databases("ststnet", release()))["samm"]
    member = database.clips[0].features_file
    assert member is not None
    image = read_feature_image(database.root, member)
    expected = cv2.imdecode(np.frombuffer(picture(4), np.uint8), cv2.IMREAD_COLOR)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, expected[:, :, ::-1])


def test_a_given_name_becomes_the_first_part(release: Release) -> None:
    databases = read_databases("ststnet", release(), name="features")
    assert [one.name for one in databases] == [
        "features-casme2",
        "features-smic",
        "features-samm",
    ]
    assert databases[0].clips[0].key.database == "features-casme2"


def test_several_databases_are_not_one(release: Release) -> None:
    with pytest.raises(InputError, match="holds 3 databases"):
        read_database("ststnet", release())


def test_a_folder_around_it_and_mac_leftovers_do_no_harm(release: Release) -> None:
    files = {f"download (1)/{name}": data for name, data in members().items()}
    files["__MACOSX/three_norm_u_v_os/s03/u_test/0/._s03_s03_ne_03 .png"] = b"x"
    files["download (1)/README.txt"] = b"x"
    databases = read_databases("ststnet", release(files))
    assert sum(one.report.clips for one in databases) == 5
    assert not any(one.report.of_kind("skipped") for one in databases)


@pytest.mark.parametrize(
    ("member", "data", "words"),
    [
        ("s03/u_test/3/s03_s03_ne_09 .png", picture(1), "class '3' is none of 0, 1, 2"),
        ("s03/u_test/neg/s03_s03_ne_09 .png", picture(1), "class 'neg'"),
        ("s03/u_test/0/holiday .png", picture(1), "'holiday' is not called"),
        ("s03/u_test/0/s03_s03_ne_09 .png", b"", "zero bytes"),
        ("s03/u_test/0/s03_s03_ne_09 .png", b"GIF89a" * 9, "not a PNG image"),
        ("s03/u_test/0/s03_s03_ne_09 .png", picture(1, size=32), "got 32 x 32"),
        ("s03/u_test/1/s03_s03_ne_03 .png", picture(1), "the same sample as"),
    ],
)
def test_a_bad_sample_is_skipped_and_named_and_the_rest_goes_on(
    release: Release, member: str, data: bytes, words: str
) -> None:
    path = release(members() | {f"three_norm_u_v_os/{member}": data})
    databases = read_databases("ststnet", path)
    assert sum(one.report.clips for one in databases) == 5
    (found,) = reasons(databases[0], "skipped")
    assert found[0].endswith(member)
    assert words in found[1]


def test_a_sample_in_anothers_fold_is_warned_of(release: Release) -> None:
    path = release({"r/s04/u_test/0/s03_s03_ne_03 .png": picture(1)})
    database = read_database("ststnet", path)
    assert database.clips[0].key.subject == "s03"
    (found,) = reasons(database, "warning")
    assert "fold of 's04'" in found[1]


def test_a_release_without_samples_is_an_error(release: Release) -> None:
    with pytest.raises(InputError, match="no samples") as caught:
        read_databases("ststnet", release({"three_norm_u_v_os/readme.txt": b"x"}))
    assert "u_test" in str(caught.value.remedy)


def test_paths_that_leave_the_archive_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    evil = ["../s09/u_test/0/s09_s09_ne_01 .png", "/s09/u_test/0/s09_s09_ne_02 .png"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (members() | dict.fromkeys(evil, picture(1))).items():
            archive.writestr(name, data)
    databases = read_databases("ststnet", path)
    assert sum(one.report.clips for one in databases) == 5
    found = reasons(databases[0], "skipped")
    assert sorted(where for where, _ in found) == sorted(evil)
    assert all("leaves the archive" in reason for _, reason in found)
    assert list(tmp_path.iterdir()) == [path]


def test_links_that_leave_the_folder_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / "release"
    outside = tmp_path / "s09_s09_ne_01 .png"
    outside.write_bytes(picture(1))
    for name, data in members().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    link = root / "three_norm_u_v_os/s03/u_test/0" / outside.name
    link.symlink_to(outside)
    (root / "loop").symlink_to(root)
    databases = read_databases("ststnet", root)
    assert sum(one.report.clips for one in databases) == 5
    assert {where for where, _ in reasons(databases[0], "skipped")} == {
        link.relative_to(root).as_posix(),
        "loop",
    }
    with pytest.raises(InputError, match="missing"):
        read_feature_image(root, link.relative_to(root))


@pytest.mark.parametrize("keep", [0, 10, 2000])
def test_a_truncated_zip_is_named(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members().items():
            archive.writestr(name, data)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="not a zip file, or a truncated one") as caught:
        read_databases("ststnet", path)
    assert caught.value.where == str(path)


def test_a_damaged_member_is_named_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members().items():
            archive.writestr(name, data)
    database = read_databases("ststnet", path)[0]
    data = bytearray(path.read_bytes())
    data[900] ^= 0xFF  # inside the first sample, behind its header
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="damaged in the zip file") as caught:
        read_feature_image(path, database.clips[0].features_file or "")
    assert "sub09_EP02_01f" in str(caught.value.where)


@pytest.mark.parametrize(
    ("data", "words"),
    [(None, "missing"), (b"", "zero bytes"), (picture(1)[:200], "not an image")],
)
def test_a_feature_image_that_went_bad_is_named(
    tmp_path: Path, data: bytes | None, words: str
) -> None:
    file = tmp_path / "u.png"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(InputError, match=words) as caught:
        read_feature_image(tmp_path, "u.png")
    assert str(caught.value.where).endswith("u.png")


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_databases("ststnet", tmp_path / "none.zip")


def test_the_authors_release_counts_as_the_composite_does() -> None:
    """On the real release, where the machine has it: MEGC2019's official counts."""
    place = os.environ.get("MEXLAB_STSTNET_FEATURES")
    if not place:
        pytest.skip("MEXLAB_STSTNET_FEATURES does not say where the release is")
    official: dict[str, Any] = {
        "smic": (164, 16, {"negative": 70, "positive": 51, "surprise": 43}),
        "casme2": (145, 24, {"negative": 88, "positive": 32, "surprise": 25}),
        "samm": (133, 28, {"negative": 92, "positive": 26, "surprise": 15}),
    }
    databases = read_databases("ststnet", place)
    assert databases
    for one in databases:
        report = one.report
        assert (report.clips, report.subjects, dict(report.emotions)) == official[one.name]
        assert not report.of_kind("skipped")
