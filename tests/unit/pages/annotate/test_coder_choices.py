from __future__ import annotations

import pytest

from mexlab.errors import InputError
from mexlab.pages.annotate.coder_choices import ChoicesFile, CoderChoices
from mexlab.widgets.keys.keymap import KEY_SETS, KEYMAP, check_keymap, keymap_with


def test_choices_are_there_again(tmp_path):
    file = ChoicesFile(tmp_path, "anna/é")
    assert file.read() == CoderChoices()
    kept = file.change(
        CoderChoices(), keys={"mark-onset": ("Shift+x",)}, order="random", queue=["a"]
    )
    assert ChoicesFile(tmp_path, "anna/é").read() == kept
    assert ChoicesFile(tmp_path, "bert").read() == CoderChoices()
    bound = {binding.action: binding.keys for binding in kept.bindings()}
    assert bound["mark-onset"] == ("Shift+x",)


def test_keys_in_conflict_are_not_written(tmp_path):
    file = ChoicesFile(tmp_path, "anna")
    with pytest.raises(InputError, match="a is given to both"):
        file.change(CoderChoices(), keys={"mark-onset": ("a",)})
    with pytest.raises(InputError, match="no key is left for mark-onset"):
        file.change(CoderChoices(), keys={"mark-onset": ()})
    assert not file.path.exists()


@pytest.mark.parametrize("text", ["not json", "[]", '{"keys": {"mark-onset": ["a"]}}'])
def test_a_damaged_file_is_told_and_left_alone(tmp_path, text):
    file = ChoicesFile(tmp_path, "anna")
    file.path.parent.mkdir()
    file.path.write_text(text, "utf-8")
    with pytest.raises(InputError):
        file.read()
    assert file.path.read_text("utf-8") == text


@pytest.mark.parametrize("name", KEY_SETS)
def test_ready_made_sets_have_no_conflict(name):
    bindings = keymap_with(KEY_SETS[name])
    check_keymap(bindings)
    assert len(bindings) == len(KEYMAP)


def test_looks_are_kept_and_files_that_know_none_or_others_are_read(tmp_path):
    file = ChoicesFile(tmp_path, "anna")
    kept = file.change(CoderChoices(), ribbon="hidden", magnify="motion")
    assert file.read() == kept
    for looks in ("", ', "ribbon": "tartan", "magnify": ["motion"]'):
        file.path.write_text(f'{{"keys": {{}}, "order": "listed", "queue": []{looks}}}', "utf-8")
        assert file.read() == CoderChoices()


def test_a_ready_made_set_leaves_ones_own_keys_to_come_back_to(tmp_path):
    file = ChoicesFile(tmp_path, "anna")
    own = {"mark-onset": ("Shift+x",)}
    mine = file.change(CoderChoices(), keys=own)
    there = file.change(mine, keys=dict(KEY_SETS["CVAT"]))
    assert there.keys == KEY_SETS["CVAT"]
    assert file.read().own_keys == own
    assert set(there.key_sets()) == {*KEY_SETS, "yours"}
    shipped = file.change(there, keys={})
    back = file.change(shipped, keys=dict(shipped.own_keys))
    assert back.keys == back.own_keys == own
    assert "yours" not in CoderChoices().key_sets()


def test_keys_of_ones_own_are_the_newest(tmp_path):
    file = ChoicesFile(tmp_path, "anna")
    first = file.change(CoderChoices(), keys={"mark-onset": ("Shift+x",)})
    second = file.change(first, keys={"mark-onset": ("Shift+x",), "flag": ("Shift+y",)})
    assert second.own_keys == second.keys


def test_a_key_that_was_taken_from_the_browser_once_gives_way(tmp_path):
    file = ChoicesFile(tmp_path, "anna")
    file.path.parent.mkdir()
    keys = '{"mark-onset": ["F5"], "mark-apex": ["Shift+q", "F12"]}'
    file.path.write_text(f'{{"keys": {keys}, "order": "random", "queue": ["a"]}}', "utf-8")
    read = file.read()
    assert (read.keys, read.order, read.queue) == ({"mark-apex": ("Shift+q",)}, "random", ["a"])
