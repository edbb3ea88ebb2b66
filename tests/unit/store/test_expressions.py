"""Several expressions and events of one coder in one clip."""

from __future__ import annotations

import pytest

from mexlab.data.clips import ClipKey
from mexlab.errors import InputError
from mexlab.store import Store


def test_all_that_one_coder_found_by_number(store: Store, key: ClipKey) -> None:
    assert store.expressions(key, "ada") == []
    store.change_coding(key, "ada", {"kind": "blink", "onset": 9}, page="annotate", expression=2)
    store.change_coding(key, "ada", {"onset": 7}, page="annotate")
    store.change_coding(key, "bob", {"onset": 8}, page="annotate")
    found = [(one.expression, one.kind, one.onset) for one in store.expressions(key, "ada")]
    assert found == [(1, "", 7), (2, "blink", 9)]


def test_no_such_clip(store: Store) -> None:
    with pytest.raises(InputError, match="no clip"):
        store.expressions(ClipKey("casme2", "sub99", "none"), "ada")
