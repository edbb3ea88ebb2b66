from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest

from mexlab.errors import InputError
from mexlab.serving.server import check_port, start_server


@pytest.fixture
def taken():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one.getsockname()[1]


def test_port_in_use_says_so_and_what_to_do(taken):
    with pytest.raises(InputError, match=f"port {taken} is in use.*--port"):
        check_port("127.0.0.1", taken)


def test_free_port_is_no_error(taken):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    check_port("127.0.0.1", free)


def test_an_address_of_another_machine(taken):
    # 192.0.2.0/24 is kept for documentation: no machine has it.
    with pytest.raises(InputError, match="no address of this machine"):
        check_port("192.0.2.1", 0)


def test_the_server_itself_refuses_a_port_in_use(taken, tmp_path):
    with pytest.raises(InputError, match=f"port {taken} is in use"):
        start_server(tmp_path, port=taken)


def test_a_server_whose_parent_is_gone_before_it_listens_ends(tmp_path):
    # Its port would be taken for ever by a server that nobody knows.
    request = {"workspace": str(tmp_path), "host": "127.0.0.1", "port": 0, "token": "x"}
    child = subprocess.run(
        [sys.executable, "-m", "mexlab.serving.voila_app"],
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert child.returncode == 0
    assert "ioloop" not in child.stderr
    assert json.loads(child.stdout)["port"] > 0
