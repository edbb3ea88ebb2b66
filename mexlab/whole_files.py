"""Write a file whole or not at all: under a name of its own first, then moved into place."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Of a file's name in its draft's: a name may be as long as a file system takes.
_SHOWN = 40


def write_whole(path: Path, content: str | bytes, *, durable: bool = True) -> None:
    """Write a file so that a reader sees all of it or what was there before.

    Parameters
    ----------
    path : Path
        In a folder that is there. A file that is replaced hands its permissions on.
    content : str or bytes
        Text is written as UTF-8, its line ends as they are.
    durable : bool
        Wait until it is on the disk: after a power cut, too, there is all of it or what was there
        before. Needless for what can be computed again.

    Raises
    ------
    OSError
        When the disk is full or the folder cannot be written to: what was there before still is.
    """
    with whole_file(path, durable=durable) as draft:
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def whole_file(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Fill a draft in this block: it takes a file's place at the end, and goes with an error.

    Parameters
    ----------
    path : Path
    durable : bool
        As :func:`write_whole`.

    Yields
    ------
    Path
        An empty file in the same folder, to be filled and closed.

    Raises
    ------
    OSError
        As :func:`write_whole`.
    """
    # A random part keeps processes and threads that write the same file out of each other's way.
    draft = path.with_name(f".{path.name[:_SHOWN]}.{secrets.token_hex(6)}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        # Before there is anything in it: what nobody else may read, nobody reads meanwhile.
        _take_permissions(draft, path)
        yield draft
        if durable:
            _flush(draft, os.O_RDWR)
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    if durable:
        # The folder holds the name. Windows and some shares open no folder: theirs to keep.
        with contextlib.suppress(OSError):
            _flush(path.parent, os.O_RDONLY)


def _take_permissions(draft: Path, path: Path) -> None:
    with contextlib.suppress(OSError):
        draft.chmod(stat.S_IMODE(path.stat().st_mode))


def _flush(place: Path, flags: int) -> None:
    number = os.open(place, flags)
    try:
        os.fsync(number)
    finally:
        os.close(number)
