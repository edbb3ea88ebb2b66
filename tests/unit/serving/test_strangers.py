"""What a stranger gets who has no token, or comes by a foreign name: nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from mexlab.pages.shell.links import dashboards_folder
from mexlab.serving.server import Server, start_server
from mexlab.workspace import Workspace

Ask = Callable[..., tuple[int, Any, str]]

PATHS = ("/", "/home", "/annotate?clip=casme2/sub01/x", "/voila/render/home.ipynb")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", ["", "token=", "token=guess"])
def test_no_page_without_the_token(server: Server, ask: Ask, path: str, token: str) -> None:
    joint = "&" if "?" in path else "?"
    status, headers, text = ask(server, f"{path}{joint}{token}" if token else path)
    assert status == 302
    assert headers["Location"].startswith("/login")
    assert "kernelId" not in text


@pytest.mark.parametrize("scheme", ["token", "Bearer"])
def test_an_empty_header_is_no_token(server: Server, ask: Ask, scheme: str) -> None:
    status, headers, _ = ask(server, "/home", Authorization=f"{scheme} ")
    assert status == 302
    assert headers["Location"].startswith("/login")


def test_with_the_token_the_page_comes(server: Server, ask: Ask) -> None:
    # Or every refusal here would be worth nothing.
    status, headers, _ = ask(server, f"/home?x=1&token={server.token}")
    assert (status, headers["Location"]) == (302, "/home?x=1")
    status, headers, _ = ask(server, "/", Authorization=f"token {server.token}")
    assert (status, headers["Location"]) == (302, "/home")


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_no_kernel_without_the_token(server: Server, ask: Ask, method: str) -> None:
    path = "/api/kernels/00000000-0000-0000-0000-000000000000"
    assert ask(server, path, method)[0] == 403


def test_no_file_is_served_token_or_not(server: Server, ask: Ask, workspace: Workspace) -> None:
    picture = workspace.path / "face.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")
    relative = os.path.relpath(picture, dashboards_folder())
    for path in (relative, f"../{picture.name}", "home.ipynb", "face.jpg"):
        for token in ("", f"?token={server.token}"):
            status, _, text = ask(server, f"/voila/files/{path}{token}")
            assert status in (403, 404), path
            assert "JFIF" not in text


def test_no_listing_of_files(server: Server, ask: Ask) -> None:
    token = f"?token={server.token}"
    assert ask(server, f"/voila/api/contents{token}")[0] == 404
    status, headers, _ = ask(server, f"/voila/tree{token}")
    assert (status, headers["Location"]) == (302, "/home")


def test_a_foreign_host_header_is_refused(server: Server, ask: Ask) -> None:
    status, _, text = ask(server, f"/home?token={server.token}", Host="evil.example")
    assert status == 403
    assert "kernelId" not in text


def test_a_page_that_is_not_ours(server: Server, ask: Ask) -> None:
    assert ask(server, f"/nowhere?token={server.token}")[0] == 404


def test_headers(server: Server, ask: Ask) -> None:
    for path in ("/login", f"/nowhere?token={server.token}"):
        policy = ask(server, path)[1]["Content-Security-Policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == "'self'"
        assert "http:" not in policy
        assert "https:" not in policy
        assert "*" not in policy


def test_listens_on_the_loopback_alone(server: Server) -> None:
    mine = psutil.Process(server._process.pid).net_connections("tcp")
    listening = {one.laddr.ip for one in mine if one.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_the_page_runs_to_its_end_and_the_token_is_on_no_command_line(server: Server) -> None:
    # Asked with the kernel of a page alive, which inherits what the server has.
    server.check("home")
    process = psutil.Process(server._process.pid)
    children = process.children(recursive=True)
    assert children, "the page's kernel lives on until it is culled"
    for one in (process, *children):
        assert server.token not in " ".join(one.cmdline())
        assert server.token not in " ".join(one.environ().values())


def test_the_users_own_voila_settings_change_nothing(
    ask: Ask, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "VoilaConfiguration": {"file_allowlist": [".*"], "show_tracebacks": True},
        "Voila": {"token": "", "ip": "0.0.0.0"},
    }
    (tmp_path / "voila.json").write_text(json.dumps(settings), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    with start_server(workspace, port=0) as other:
        assert ask(other, "/home")[0] == 302
        assert ask(other, "/voila/files/home.ipynb")[0] == 403


def test_ends_with_the_one_who_started_it(workspace: Workspace) -> None:
    code = (
        "import sys\n"
        "from mexlab.serving.server import start_server\n"
        f"server = start_server({str(workspace.path)!r}, port=0)\n"
        "print(server._process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        child = psutil.Process(int(holder.stdout.readline()))
        holder.kill()
    child.wait(60)
