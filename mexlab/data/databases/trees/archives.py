"""The files of a release, whether it lies as a zip file or unpacked; nothing leaves either."""

from __future__ import annotations

import os
import threading
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from mexlab.data.databases.folders import stays_inside
from mexlab.data.reports import ReportEntry
from mexlab.errors import InputError

_AGAIN = "Fetch the release again from its authors"

#: The archive read last stays open: a feature set reads hundreds of small members in a row.
_open_archive: tuple[tuple[str, int, int], zipfile.ZipFile] | None = None
_archive_lock = threading.Lock()


def list_members(root: Path, entries: list[ReportEntry]) -> list[str]:
    """Files in a folder or zip file, as sorted paths with forward slashes.

    Parameters
    ----------
    root : Path
        An existing folder or zip file.
    entries : list of ReportEntry
        Gets an entry for every link and path that leaves the root; those are left out.

    Raises
    ------
    InputError
        Where a file is no zip file, or a truncated one.
    """
    return _list_folder(root, entries) if root.is_dir() else _list_zip(root, entries)


def read_member(root: Path, member: str, size: int) -> bytes:
    """The first `size` bytes of a member; nothing is unpacked to the disk.

    Raises
    ------
    InputError
        Missing, outside the root, unreadable, encrypted or damaged.
    """
    if root.is_dir():
        return _from_folder(root, member, size)
    return _from_zip(root, member, size)


def _list_folder(root: Path, entries: list[ReportEntry]) -> list[str]:
    real_root = os.path.realpath(root)
    members: list[str] = []
    for walked, below, files in os.walk(root):
        folder = Path(walked)
        for child in list(below):
            if (folder / child).is_symlink():
                below.remove(child)
                entries.append(
                    ReportEntry(
                        "skipped",
                        (folder / child).relative_to(root).as_posix(),
                        "a linked folder: not followed. Copy the folder there",
                    )
                )
        for file in files:
            path = folder / file
            member = path.relative_to(root).as_posix()
            if path.is_symlink() and not stays_inside(str(path), real_root):
                entries.append(
                    ReportEntry(
                        "skipped",
                        member,
                        "a link that leaves the release's folder or leads nowhere: not followed. "
                        "Copy the file there",
                    )
                )
            elif path.is_file():
                members.append(member)
            else:
                entries.append(
                    ReportEntry("skipped", member, "not a file, but a pipe or a device. Remove it")
                )
    return sorted(members)


def _list_zip(path: Path, entries: list[ReportEntry]) -> list[str]:
    with _archive_lock:
        names = _archive(path).namelist()
    members: list[str] = []
    for member in names:
        plain = member.replace("\\", "/")
        if plain.startswith("/") or ".." in PurePosixPath(plain).parts or ":" in plain[:3]:
            entries.append(
                ReportEntry(
                    "skipped",
                    member,
                    f"a path that leaves the archive: left out. Do not trust this file; "
                    f"{_AGAIN[0].lower()}{_AGAIN[1:]}",
                )
            )
        elif not member.endswith("/"):
            members.append(member)
    return sorted(members)


def _from_folder(root: Path, member: str, size: int) -> bytes:
    path = root / member
    if not stays_inside(str(path), os.path.realpath(root)):
        raise InputError(
            "the file is missing",
            where=path,
            remedy="Unpack the release again, then import it again",
        )
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})",
            where=path,
            remedy="Check its permissions",
        ) from None


def _from_zip(path: Path, member: str, size: int) -> bytes:
    where = f"{path}/{member}"
    with _archive_lock:
        try:
            with _archive(path).open(member) as stream:
                return stream.read(size)
        except KeyError:
            raise InputError(
                "the file is missing from the zip file",
                where=where,
                remedy="The zip file changed: import it again",
            ) from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,  # encrypted
            NotImplementedError,  # a packing that Python does not know
            EOFError,
            OSError,
        ) as error:
            raise InputError(
                f"damaged in the zip file ({error})", where=where, remedy=_AGAIN
            ) from None


def _archive(path: Path) -> zipfile.ZipFile:
    global _open_archive
    try:
        status = path.stat()
        key = (str(path), status.st_size, status.st_mtime_ns)
        if _open_archive is None or _open_archive[0] != key:
            if _open_archive is not None:
                _open_archive[1].close()
                _open_archive = None
            _open_archive = (key, zipfile.ZipFile(path))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise InputError("not a zip file, or a truncated one", where=path, remedy=_AGAIN) from None
    except OSError as error:
        raise InputError(
            f"the zip file cannot be read ({error.strerror})", where=path, remedy="Check the path"
        ) from None
    return _open_archive[1]
