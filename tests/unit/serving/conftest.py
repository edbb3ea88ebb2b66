"""A server on an empty workspace: who may have what needs neither a browser nor a clip."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mexlab.serving.server import Server, start_server
from mexlab.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = Workspace.create(tmp_path_factory.mktemp("served") / "lab")
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(workspace: Workspace) -> Iterator[Server]:
    with start_server(workspace, port=0) as running:
        yield running


@pytest.fixture
def ask() -> Callable[..., tuple[int, Any, str]]:
    """One plain request, as any program on this machine can make it: status, headers, text."""

    def request(
        server: Server, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, Any, str]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    return request
