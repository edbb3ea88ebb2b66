"""What each epoch's networks predicted for the held-out clips: the record behind the leak gap.

Nothing of it goes back into a training, and no figure of the run is computed from it: a run's own
predictions are those of the last epoch, which the record ends with. Imports no torch.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mexlab.errors import RunError
from mexlab.runs.files import write_whole

#: The file in a run's folder.
EPOCHS = "epochs.npz"

#: More epochs than these are thinned out evenly: 800 of them would tell no more.
MOST_EPOCHS = 100


@dataclass(frozen=True, slots=True, eq=False)
class EpochPredictions:
    """The class predicted for each held-out clip after each epoch.

    Attributes
    ----------
    seeds : ndarray of int64, shape (S,)
    epochs : ndarray of int32, shape (E,)
        Counted from 1, ascending; the last is the training's last.
    predicted : ndarray of int8, shape (S, E, N)
        Class numbers, of the network that never saw the clip's person; clips in the order of the
        run's predictions.
    """

    seeds: NDArray[np.int64]
    epochs: NDArray[np.int32]
    predicted: NDArray[np.int8]


def recorded_epochs(epochs: int) -> NDArray[np.int32]:
    """Which of so many epochs are recorded: all, or a hundred of them; always the last."""
    spread = np.linspace(1, epochs, min(epochs, MOST_EPOCHS))
    return np.unique(np.rint(spread)).astype(np.int32)


def write_epoch_predictions(path: Path, record: EpochPredictions) -> None:
    """Raises RunError when the disk is full or the folder cannot be written to."""
    packed = io.BytesIO()
    np.savez_compressed(
        packed, seeds=record.seeds, epochs=record.epochs, predicted=record.predicted
    )
    write_whole(path, packed.getvalue())


def read_epoch_predictions(
    path: Path, *, seeds: tuple[int, ...], clips: int, classes: int
) -> EpochPredictions | None:
    """Read the record of a run.

    Parameters
    ----------
    path : Path
    seeds : tuple of int
    clips, classes : int
        What the run's own record says.

    Returns
    -------
    EpochPredictions or None
        None where there is no such file: the run is from before there was one.

    Raises
    ------
    RunError
        Where the file is damaged or not this run's.
    """
    try:
        with np.load(path, allow_pickle=False) as packed:
            found = EpochPredictions(packed["seeds"], packed["epochs"], packed["predicted"])
    except FileNotFoundError:
        return None
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        TypeError,
        AttributeError,
        NotImplementedError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise RunError(
            f"cannot be read ({error})", where=path.name, remedy="The file is damaged: train again"
        ) from error
    fault = _fault(found, seeds, clips, classes)
    if fault:
        raise RunError(fault, where=path.name, remedy="The file is damaged: train again")
    return found


def _fault(found: EpochPredictions, seeds: tuple[int, ...], clips: int, classes: int) -> str:
    kinds = (found.seeds.dtype, found.epochs.dtype, found.predicted.dtype)
    if kinds != (np.int64, np.int32, np.int8) or found.epochs.ndim != 1:
        return f"expected whole numbers (int64, int32, int8), got {', '.join(map(str, kinds))}"
    expected = (len(seeds), len(found.epochs), clips)
    if tuple(found.seeds.tolist()) != seeds or found.predicted.shape != expected:
        return (
            f"expected seeds {list(seeds)} and an array of (seeds, epochs, clips) = {expected}, "
            f"got seeds {found.seeds.tolist()} and {found.predicted.shape}"
        )
    if not len(found.epochs) or found.epochs[0] < 1 or (np.diff(found.epochs) <= 0).any():
        return f"expected epochs that ascend from 1, got {found.epochs.tolist()[:5]}"
    if found.predicted.min() < 0 or found.predicted.max() >= classes:
        return f"expected class numbers 0 to {classes - 1}"
    return ""
