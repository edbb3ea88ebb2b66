"""Frames that lie as image files in one folder, numbered by the digits in their names."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mexlab.data.frames.image_header import read_header
from mexlab.data.frames.source import (
    EncodedFrame,
    as_rgb,
    missing_runs,
    no_such_frame,
    numbers_to_runs,
    quiet_opencv,
    relative_path,
    runs_to_numbers,
)
from mexlab.errors import InputError

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})

#: More than any camera of the field gives (2040 x 1088), few enough to decode in memory.
MAX_PIXELS = 100_000_000

_DIGITS = re.compile(r"\d+")


def natural_number(name: str) -> int | None:
    """The frame number in a file name: its last run of digits, or None.

    >>> natural_number("reg_img46.jpg"), natural_number("006_05562.jpg"), natural_number("a.jpg")
    (46, 5562, None)
    """
    runs = _DIGITS.findall(_stem(name))
    return int(runs[-1]) if runs else None


class ImageFrames:
    """The frames of a clip as image files.

    Parameters
    ----------
    folder : Path
    numbers : sequence of int
        Native frame numbers, ascending.
    files : sequence of str
        File names inside `folder`, one a number.
    """

    def __init__(self, folder: Path, numbers: Sequence[int], files: Sequence[str]) -> None:
        if len(numbers) != len(files):
            raise ValueError(f"{len(numbers)} numbers but {len(files)} files")
        self.folder = Path(folder)
        self.numbers: Sequence[int] = runs_to_numbers(numbers_to_runs(numbers))
        self._files = dict(zip(self.numbers, files, strict=True))
        self._size: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def __repr__(self) -> str:
        span = f"{self.numbers[0]}–{self.numbers[-1]}" if self.numbers else "no frames"
        return f"ImageFrames({str(self.folder)!r}, {span}, {len(self.numbers)} frames)"

    @property
    def gaps(self) -> list[list[int]]:
        """Runs of numbers between first and last that have no readable file."""
        return missing_runs(self.numbers)

    @property
    def size(self) -> tuple[int, int]:
        """``(width, height)`` of the first frame, in pixels."""
        if self._size is None:
            if not self.numbers:
                raise no_such_frame(self.folder, 1, self.numbers)
            first = self.numbers[0]
            header = read_header(self._bytes(first))
            if header is not None and header.width and not header.rotated:
                self._size = (header.width, header.height)
            else:
                height, width = self.read(first).shape[:2]
                self._size = (width, height)
        return self._size

    def path(self, number: int) -> Path:
        """The file of a frame.

        Raises
        ------
        InputError
            Where the clip has no such frame.
        """
        name = self._files.get(number)
        if name is None:
            raise no_such_frame(self.folder, number, self.numbers)
        return self.folder / name

    def read(self, number: int) -> np.ndarray:
        """Decode a frame: H x W x 3 uint8 RGB.

        Raises
        ------
        InputError
            Naming the file: missing, unreadable, zero bytes, too large, not an image.
        """
        return as_rgb(self._decode(number, self._bytes(number)))

    def encoded(self, number: int) -> EncodedFrame:
        """The file's own bytes where a browser shows them, else the frame as PNG."""
        data = self._bytes(number)
        header = read_header(data)
        if header is not None and header.browser_shows:
            return EncodedFrame(data, header.mime)
        rgb = as_rgb(self._decode(number, data))
        done, buffer = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        if not done:
            raise InputError("the frame could not be encoded as PNG", where=self.path(number))
        return EncodedFrame(buffer.tobytes(), "image/png")

    def fingerprint(self, number: int) -> str:
        return hashlib.sha256(self._bytes(number)).hexdigest()

    def to_record(self, root: Path) -> dict[str, Any]:
        prefixes: dict[tuple[str, str], int] = {}
        parts = {number: _split(name) for number, name in self._files.items()}
        for head, digits, tail in parts.values():
            padded = len(digits) if digits.startswith("0") and len(digits) > 1 else 0
            prefixes[head, tail] = max(prefixes.get((head, tail), 0), padded)
        groups: dict[tuple[str, str], list[int]] = {}
        odd: dict[str, str] = {}
        for number, (head, digits, tail) in parts.items():
            if f"{number:0{prefixes[head, tail]}d}" == digits:
                groups.setdefault((head, tail), []).append(number)
            else:
                odd[str(number)] = self._files[number]
        record: dict[str, Any] = {
            "kind": "images",
            "folder": relative_path(self.folder, root),
            "groups": [
                [head, prefixes[head, tail], tail, numbers_to_runs(numbers)]
                for (head, tail), numbers in groups.items()
            ],
        }
        if odd:
            record["files"] = odd
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any], root: Path) -> ImageFrames:
        files: dict[int, str] = {int(k): v for k, v in record.get("files", {}).items()}
        for head, width, tail, runs in record["groups"]:
            for number in runs_to_numbers(runs):
                files[number] = f"{head}{number:0{width}d}{tail}"
        ordered = sorted(files)
        return cls(Path(root) / record["folder"], ordered, [files[n] for n in ordered])

    def _bytes(self, number: int) -> bytes:
        path = self.path(number)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise InputError(
                f"frame {number} is missing",
                where=path,
                remedy="Unpack the database again, then import it again",
            ) from None
        except OSError as error:
            raise InputError(
                f"frame {number} cannot be read ({error.strerror})",
                where=path,
                remedy="Check the file and its permissions",
            ) from None
        if not data:
            raise InputError(
                f"frame {number} is empty (zero bytes)",
                where=path,
                remedy="Unpack the database again, then import it again",
            )
        return data

    def _decode(self, number: int, data: bytes) -> np.ndarray:
        path = self.path(number)
        header = read_header(data)
        # Nothing is decoded whose size is unknown: a file of 1 KB can ask for gigabytes.
        if header is None or not header.width * header.height:
            raise _no_image(number, path)
        if header.width * header.height > MAX_PIXELS:
            raise InputError(
                f"frame {number} has {header.width} x {header.height} pixels, more than "
                f"{MAX_PIXELS // 1_000_000} million",
                where=path,
                remedy="Scale the frames down before the import",
            )
        quiet_opencv()
        # "Any depth" keeps 16 bit, so that the scaling is ours and the same as a browser's.
        picture = cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR
        )
        if picture is None:
            raise _no_image(number, path)
        return picture


@dataclass(slots=True)
class FolderScan:
    """What a folder holds: the readable frames, and everything that was wrong.

    Attributes
    ----------
    frames : ImageFrames or None
        None where no frame is readable.
    empty : list of str
        Files of zero bytes: counted as gaps.
    unnumbered : list of str
        Image files without a number in their name: left out.
    clashes : list of tuple of str
        ``(kept, left out)``: two files of one number.
    outside : list of str
        Links whose target is not inside the root: left out.
    unreadable : list of str
        Files or folders that the system did not let us look at.
    """

    frames: ImageFrames | None = None
    empty: list[str] = field(default_factory=list)
    unnumbered: list[str] = field(default_factory=list)
    clashes: list[tuple[str, str]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Each fault as one sentence, in the order a reader wants them."""
        sentences = []
        if self.empty:
            sentences.append(f"{_files(self.empty)} of zero bytes, kept as gaps")
        if self.unreadable:
            sentences.append(f"{_files(self.unreadable)} that cannot be read, kept as gaps")
        if self.outside:
            sentences.append(f"{_files(self.outside)} linked to outside the database, left out")
        if self.unnumbered:
            sentences.append(f"{_files(self.unnumbered)} without a number in the name, left out")
        sentences.extend(
            f"{kept} and {left} have the same frame number: {left} left out"
            for kept, left in self.clashes
        )
        return sentences


def scan_images(folder: Path, root: Path | None = None) -> FolderScan:
    """List the image files of a folder without opening one.

    Parameters
    ----------
    folder : Path
    root : Path, optional
        Links are followed only where they stay inside this folder; `folder` itself by default.

    Returns
    -------
    FolderScan
    """
    folder = Path(folder)
    inside = os.path.realpath(root or folder)
    scan = FolderScan()
    found: dict[int, str] = {}
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        scan.unreadable.append(f"{folder.name} ({error.strerror})")
        return scan
    for entry in listed:
        name = entry.name
        if name.startswith(".") or _suffix(name) not in IMAGE_SUFFIXES:
            continue
        try:
            if entry.is_symlink() and not _is_inside(entry.path, inside):
                scan.outside.append(name)
                continue
            if not entry.is_file():
                what = "a link to nowhere" if entry.is_symlink() else "not a file"
                scan.unreadable.append(f"{name} ({what})")
                continue
            number = natural_number(name)
            if number is None:
                scan.unnumbered.append(name)
            elif entry.stat().st_size == 0:
                scan.empty.append(name)
            elif not os.access(entry.path, os.R_OK):
                scan.unreadable.append(name)
            elif number in found:
                scan.clashes.append((found[number], name))
            else:
                found[number] = name
        except OSError:
            scan.unreadable.append(name)
    if found:
        numbers = sorted(found)
        scan.frames = ImageFrames(folder, numbers, [found[n] for n in numbers])
    return scan


def index_images(folder: Path, root: Path | None = None) -> ImageFrames:
    """The readable frames of a folder, by native number.

    Raises
    ------
    InputError
        Where the folder does not exist or holds no readable frame.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("no such folder", where=folder, remedy="Give a folder of numbered images")
    scan = scan_images(folder, root)
    if scan.frames is None:
        found = "; ".join(scan.faults()) or "no image files"
        raise InputError(
            f"no readable frame in this folder ({found})",
            where=folder,
            remedy="Frames are jpg, png, bmp, tif or webp files with a number in the name",
        )
    return scan.frames


def _no_image(number: int, path: Path) -> InputError:
    return InputError(
        f"frame {number} is not an image that can be decoded",
        where=path,
        remedy="Replace the file with the original of the database",
    )


def _is_inside(path: str, real_root: str) -> bool:
    real = os.path.realpath(path)
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)


def _stem(name: str) -> str:
    suffix = _suffix(name)
    return name[: -len(suffix)] if suffix in IMAGE_SUFFIXES else name


def _suffix(name: str) -> str:
    # Not pathlib: this runs once a frame, for up to a million frames.
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def _split(name: str) -> tuple[str, str, str]:
    """The name around its last run of digits: head, digits, tail."""
    stem = _stem(name)
    match = list(_DIGITS.finditer(stem))[-1]
    return name[: match.start()], match.group(), name[match.end() :]


def _files(names: Sequence[str], limit: int = 5) -> str:
    shown = ", ".join(names[:limit])
    rest = len(names) - limit
    return shown + (f" and {rest} more files" if rest > 0 else "")
