from __future__ import annotations

import json

import pytest

from mexlab.data.clips import ClipKey
from mexlab.pages.shell import links


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")


def test_home_exists_and_pages_stand_in_order():
    names = links.page_names()
    assert names[0] == "home"
    assert list(names) == [name for name in links.PAGES if name in names]


def test_every_notebook_imports_builds_shows():
    for path in links.dashboards_folder().glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert len(code) <= 3, path.name
        assert all(not cell["outputs"] for cell in code), path.name


@pytest.mark.usefixtures("served")
class TestServed:
    def test_clip_stays_readable(self):
        url = links.page_url("annotate", clip=ClipKey("casme2", "sub01", "EP02_01f"), frame=70)
        assert url == "annotate?clip=casme2/sub01/EP02_01f&frame=70"

    def test_none_is_left_out(self):
        assert links.page_url("results", run=None) == "results"

    @pytest.mark.parametrize("value", ["a b&c=d?e", "sub 1/ä#x", "50 %"])
    def test_query_comes_back_as_it_went(self, value, monkeypatch):
        url = links.page_url("flow", clip=value)
        monkeypatch.setenv("QUERY_STRING", url.split("?", 1)[1])
        assert links.page_query() == {"clip": value}

    def test_token_is_no_part_of_the_query(self, monkeypatch):
        monkeypatch.setenv("QUERY_STRING", "run=laenet-001&token=secret")
        assert links.page_query() == {"run": "laenet-001"}

    def test_unknown_page_is_named(self):
        with pytest.raises(ValueError, match="nowhere"):
            links.page_url("nowhere")


def test_in_a_notebook_links_lead_to_notebooks(monkeypatch):
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    assert links.page_context() == "lab"
    assert links.page_url("train") == "train.ipynb"
