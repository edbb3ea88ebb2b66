"""What was acknowledged is there after ``kill -9``."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from mexlab.data.clips import ClipKey
from mexlab.store import Store
from mexlab.store.history import replay

CODER = """
import itertools, sys
from mexlab.data.clips import ClipKey
from mexlab.store import Store

store = Store.open(sys.argv[1], must_exist=True)
key = ClipKey("tiny", "sub01", "EP01_01")
for number in itertools.count(1):
    state = store.change_coding(key, "ada", {"onset": number}, page="annotate")
    print(state.coding.onset, flush=True)
"""


def test_kill_9_loses_no_acknowledged_change(store: Store, store_path: Path, key: ClipKey) -> None:
    store.close()
    process = subprocess.Popen(
        [sys.executable, "-c", CODER, str(store_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.wait()
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL

    again = Store.open(store_path, must_exist=True)
    state = again.coding(key, "ada")
    history = again.history(key, "ada")
    again.close()
    # The change in flight may have been committed without having been told of.
    assert state.coding.onset in (acknowledged[-1], acknowledged[-1] + 1)
    assert [change.after["onset"] for change in history] == list(
        range(1, (state.coding.onset or 0) + 1)
    )
    assert len(replay(history).undo) == len(history) == state.revision
