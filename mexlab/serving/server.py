"""``mexlab serve``: the pages in the browser, by a Voila of our own in a process of its own."""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.request
import webbrowser
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mexlab.errors import InputError, WorkspaceError
from mexlab.pages.shell.links import PAGES

if TYPE_CHECKING:
    from mexlab.workspace.workspace import Workspace

#: Where the pages are served unless told otherwise, so that bookmarks keep working.
DEFAULT_PORT = 8750

#: Seconds that a server may take until it listens; a loaded machine may need most of a minute.
START_SECONDS = 120.0

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Server:
    """A running server; ends with `stop`, or when the process that holds it ends.

    Attributes
    ----------
    host : str
    port : int
    token : str
        Whoever has it sees the workspace.
    """

    def __init__(self, process: subprocess.Popen[str], host: str, port: int, token: str) -> None:
        self._process = process
        self.host = host
        self.port = port
        self.token = token

    @property
    def url(self) -> str:
        """The address without a token and without a slash at its end."""
        name = "127.0.0.1" if self.host in ("", "0.0.0.0", "localhost") else self.host
        return f"http://[{name}]:{self.port}" if ":" in name else f"http://{name}:{self.port}"

    def address(self, page: str = "home", **query: Any) -> str:
        """The address of a page with the token, as a browser opens it for the first time."""
        if page not in PAGES:
            raise ValueError(f"unknown page {page!r}; expected one of {', '.join(PAGES)}")
        given = {key: value for key, value in query.items() if value is not None}
        text = "&".join(
            f"{quote(key)}={quote(str(value), safe='/:')}"
            for key, value in {**given, "token": self.token}.items()
        )
        return f"{self.url}/{page}?{text}"

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> int:
        """Wait until the server ends; returns its exit status."""
        return self._process.wait()

    def stop(self, seconds: float = 20.0) -> None:
        """End the server and the kernels of its open pages."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def check(self, page: str = "home", seconds: float = START_SECONDS) -> None:
        """Fetch a page as a browser would, which runs its notebook to the end.

        Raises
        ------
        WorkspaceError
            Where the page does not come.
        """
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        try:
            with opener.open(self.address(page), timeout=seconds) as answer:
                text = answer.read().decode("utf-8")
        except OSError as error:
            raise WorkspaceError(f"the {page} page was not served ({error})") from error
        if "application/vnd.jupyter.widget-view+json" not in text:
            raise WorkspaceError(
                f"the {page} page came without content",
                remedy="The server's own messages stand above",
            )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()


def start_server(
    workspace: Workspace | str | Path,
    host: str = "127.0.0.1",
    port: int | None = None,
    token: str | None = None,
    *,
    log_level: int | None = None,
) -> Server:
    """Start a server and return as soon as it listens.

    Parameters
    ----------
    workspace : Workspace or path
    host : str
        The address to listen at. Anything but the loopback opens the workspace to other machines.
    port : int, optional
        0 for any free one. By default `DEFAULT_PORT`, or any free one where that is taken.
    token : str, optional
        A new one by default; there is always one.
    log_level : int, optional
        Of Python's logging; warnings by default.

    Raises
    ------
    InputError
        Where the port is in use or may not be listened on, or the host is not of this machine.
    """
    place = workspace if isinstance(workspace, str | Path) else workspace.path
    folder = Path(place).expanduser().absolute()
    token = token or secrets.token_hex(24)
    request: dict[str, Any] = {
        "workspace": str(folder),
        "host": host,
        "port": DEFAULT_PORT if port is None else port,
        "token": token,
    }
    if log_level is not None:
        request["log_level"] = log_level
    try:
        return _launch(request)
    except InputError:
        if port is not None:
            raise
        return _launch({**request, "port": 0})


def check_port(host: str, port: int) -> None:
    """Whether the port can be had, before minutes of work for pages that could not be served.

    Raises
    ------
    InputError
        As `start_server`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # As the server itself will: a port that a server has just left counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            answer = {"error": str(error), "errno": error.errno}
            if isinstance(error, socket.gaierror):
                answer["name_unknown"] = True
            raise _refusal({"host": host, "port": port}, answer) from error


def _launch(request: dict[str, Any]) -> Server:
    process = subprocess.Popen(
        [sys.executable, "-m", "mexlab.serving.voila_app"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Ctrl C is for us: we then end the server, and the server its kernels.
        start_new_session=os.name == "posix",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except BaseException:
        process.kill()
        process.wait()
        raise
    answer = json.loads(line) if line.strip() else {"error": "it ended without a word"}
    server = Server(process, request["host"], int(answer.get("port", 0)), request["token"])
    if "port" in answer:
        return server
    server.stop()
    raise _refusal(request, answer)


def _refusal(request: dict[str, Any], answer: dict[str, Any]) -> InputError:
    port, code = request["port"], answer.get("errno")
    if code == errno.EADDRINUSE:
        return InputError(
            f"port {port} is in use",
            remedy="Choose another with --port, or --port 0 for any that is free",
        )
    if code == errno.EACCES:
        return InputError(
            f"port {port} may not be listened on by this user",
            remedy="Choose one above 1023 with --port",
        )
    if code == errno.EADDRNOTAVAIL or answer.get("name_unknown"):
        return InputError(
            f"{request['host']} is no address of this machine",
            remedy="Omit --host to serve this machine alone",
        )
    return InputError(
        f"the server did not start: {answer['error']}",
        remedy="Its own messages stand above",
    )


def serve(
    workspace: Workspace | str | Path,
    host: str = "127.0.0.1",
    port: int | None = None,
    token: str | None = None,
    open_browser: bool = True,
    once: bool = False,
    *,
    log_level: int | None = None,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve the pages of a workspace until Ctrl C.

    Parameters
    ----------
    workspace, host, port, token, log_level
        As for `start_server`.
    open_browser : bool
        Open the home page in the user's browser.
    once : bool
        Do everything but wait: start, fetch the home page as a browser would, stop.
    tell : callable
        Gets each line for the user.

    Raises
    ------
    InputError
        As for `start_server`.
    """
    with start_server(workspace, host, port, token, log_level=log_level) as server:
        tell(f"mexlab is served at {server.address()}")
        if host not in LOOPBACK:
            tell(
                f"warning: {host} is not the loopback address: whoever reaches this machine and "
                "has the token sees the faces in this workspace, and the connection is not "
                "encrypted."
            )
        if port is None and server.port != DEFAULT_PORT:
            tell(f"(port {DEFAULT_PORT} is in use; this one was free)")
        if once:
            server.check()
            tell("The home page was served; stopping, as --once asks.")
            return
        if open_browser:
            webbrowser.open(server.address())
        tell("Ctrl C stops it.")
        try:
            status = server.wait()
        except KeyboardInterrupt:
            tell("Stopping.")
            return
        if status:
            raise WorkspaceError(
                f"the server ended by itself with status {status}",
                remedy="Its own messages stand above",
            )
