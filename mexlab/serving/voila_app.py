"""The server process behind ``mexlab serve``: Voila with its pitfalls designed out.

Runs as ``python -m mexlab.serving.voila_app``; :mod:`mexlab.serving.server` starts it, tells it
what to serve by one line of JSON on its standard input (a token has no business on a command line,
where every user of the machine reads it), and reads one line of JSON back once it listens. When its
standard input closes, the one who started it is gone, and it stops and takes its kernels along.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEMPLATES_ROOT = Path(__file__).resolve().parent
TEMPLATE = TEMPLATES_ROOT / "voila" / "templates" / "mexlab"

# Voila and its static file handler look templates up on Jupyter's path when they are imported.
os.environ["JUPYTER_PATH"] = os.pathsep.join(
    part for part in (str(TEMPLATES_ROOT), os.environ.get("JUPYTER_PATH", "")) if part
)

import jinja2  # noqa: E402
import tornado.httpserver  # noqa: E402
import tornado.ioloop  # noqa: E402
import tornado.netutil  # noqa: E402
import tornado.web  # noqa: E402
from ipykernel.kernelspec import RESOURCES  # noqa: E402
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager  # noqa: E402
from jupyter_server import DEFAULT_TEMPLATE_PATH_LIST  # noqa: E402
from jupyter_server.base.handlers import JupyterHandler, Template404  # noqa: E402
from traitlets.config import Config  # noqa: E402
from voila.app import Voila  # noqa: E402
from voila.tornado.contentshandler import VoilaContentsHandler  # noqa: E402
from voila.tornado.handler import TornadoVoilaHandler  # noqa: E402
from voila.tornado.treehandler import TornadoVoilaTreeHandler  # noqa: E402

from mexlab.pages.shell.links import dashboards_folder, page_names  # noqa: E402

#: What a browser needs of JupyterLab's extensions to draw our widgets; others only cost time.
LAB_EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
]

#: A kernel that no page is connected to any more is ended after this many seconds, for browsers
#: that die without a word. A closed tab ends its kernel at once.
CULL_IDLE_SECONDS = 300

#: Unix sockets' paths are short (104 bytes on macOS); what Voila and Jupyter append takes 70.
LONGEST_SOCKET_FOLDER = 30


class OwnKernelSpecs(KernelSpecManager):
    """Only this Python: a ``python3`` kernel that the user has installed may be another one."""

    def find_kernel_specs(self) -> dict[str, str]:
        return {"python3": str(RESOURCES)}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            # History goes nowhere: its file in the home folder would lock kernels against
            # each other, and what a page runs is no history of the user's.
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name="mexlab",
            language="python",
        )


class HomeHandler(JupyterHandler):
    """Every address that Voila would answer with a listing of files leads home."""

    @tornado.web.authenticated
    def get(self, _rest: str = "") -> None:
        self.redirect("/home")


class NotebookHandler(JupyterHandler):
    """Voila's own address of a notebook leads to the page's short one."""

    @tornado.web.authenticated
    def get(self, page: str) -> None:
        query = _without_token(self)
        self.redirect(f"/{page}?{query}" if query else f"/{page}")


class PageHandler(TornadoVoilaHandler):
    """A page by its short address: ``/annotate?clip=…`` draws ``annotate.ipynb``."""

    @tornado.web.authenticated
    async def get(self, path: str | None = None) -> None:
        if self.get_query_argument("token", None) is not None:
            # The cookie now says who this is; the token stays in no history and no kernel.
            query = _without_token(self)
            self.redirect(f"/{path}?{query}" if query else f"/{path}")
            return
        # Sets the cookie without which the beacon of a closing tab is refused, and its kernel
        # would live on (voila issue 1458).
        _ = self.xsrf_token
        await super().get(path=f"{path}.ipynb")


class IconHandler(tornado.web.RequestHandler):
    """The pages carry their icon; browsers ask for this one all the same."""

    def get(self) -> None:
        self.set_status(204)


class MexlabVoila(Voila):
    """Voila that serves our pages and nothing else."""

    #: Called once with the port that is listened on.
    ready: Callable[[int], None]
    page_host: str = "127.0.0.1"

    @property
    def data_dir(self) -> str:
        return str(Path(sys.prefix) / "share" / "jupyter" / "voila")

    def init_settings(self) -> dict[str, Any]:
        settings = super().init_settings()
        env = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(TEMPLATE), *DEFAULT_TEMPLATE_PATH_LIST]),
            extensions=["jinja2.ext.i18n"],
            autoescape=True,
        )
        env.install_null_translations()  # type: ignore[attr-defined]
        settings["jinja2_env"] = env
        # Tornado's own answer to an unknown address has neither our page nor our headers.
        settings["default_handler_class"] = Template404
        return settings

    def init_handlers(self) -> list[Any]:
        dropped = (TornadoVoilaTreeHandler, TornadoVoilaHandler, VoilaContentsHandler)
        kept = [entry for entry in super().init_handlers() if entry[1] not in dropped]
        page = {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        names = "|".join(page_names())
        return [
            *kept,
            (r"/(voila/?|voila/tree.*)?", HomeHandler),
            (rf"/voila/render/({names})\.ipynb", NotebookHandler),
            (rf"/({names})/?", PageHandler, page),
            (r"/favicon\.ico", IconHandler),
        ]

    def listen(self) -> None:
        sockets = tornado.netutil.bind_sockets(self.port, self.ip)
        self.port: int = sockets[0].getsockname()[1]
        self.app.settings["headers"] = _headers(self.page_host, self.port)
        server = tornado.httpserver.HTTPServer(self.app)
        server.add_sockets(sockets)
        self.ioloop = tornado.ioloop.IOLoop.current()
        self.ioloop.add_callback(self.ready, self.port)
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            pass
        finally:
            server.stop()
            self.stop()


def _without_token(handler: tornado.web.RequestHandler) -> str:
    parts = handler.request.query.split("&")
    return "&".join(part for part in parts if part and not part.startswith("token="))


def _headers(host: str, port: int) -> dict[str, str]:
    # 'self' covers websockets too, but not in every browser that is still in use.
    sockets = " ".join(f"ws://{name}:{port}" for name in dict.fromkeys((host, "localhost")))
    policy = {
        "default-src": "'self'",
        # Voila's module loader evaluates, and anywidget loads widgets from blobs.
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' blob:",
        "worker-src": "'self' blob:",
        "connect-src": f"'self' {sockets} data: blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {what}" for name, what in policy.items()),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _config(request: dict[str, Any], scratch: Path) -> Config:
    theme = Path(__file__).resolve().parent.parent / "widgets" / "kit" / "theme.css"
    config = Config()
    config.Voila.ip = request["host"]
    config.Voila.port = request["port"]
    config.Voila.token = request["token"]
    config.Voila.open_browser = False
    config.Voila.root_dir = str(dashboards_folder())
    config.Voila.connection_dir_root = str(scratch)
    # Nobody's voila.json, in the current folder or at home, weakens what stands here.
    config.Voila.config_file_paths = []
    config.Voila.log_level = request.get("log_level", logging.ERROR)
    loopback = request["host"] in ("127.0.0.1", "localhost", "::1")
    config.Voila.tornado_settings = {
        # Refuses a foreign Host header, as a page on another site that has bound its name to
        # this machine would send. One who serves other machines has opened it by himself.
        "allow_remote_access": not loopback,
        "local_hostnames": ["localhost"],
        "headers": _headers(request["host"], request["port"]),
        # No pings of Jupyter's: with a patience that Tornado takes without a warning (at most the
        # interval) it cuts every connection at its first ping. The pages ask every two seconds
        # themselves whether the kernel is alive.
        "ws_ping_interval": 0,
        "websocket_max_message_size": 64 * 2**20,
        "xsrf_cookies": True,
    }
    config.VoilaConfiguration.template = "mexlab"
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.theme = "dark"
    config.VoilaConfiguration.resources = {"mexlab_theme": theme.read_text(encoding="utf-8")}
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.file_denylist = [".*"]
    config.VoilaConfiguration.show_tracebacks = False
    # Heated kernels race with the culling of idle ones: a page would be stuck for ever.
    config.VoilaConfiguration.preheat_kernel = False
    config.VoilaConfiguration.extension_allowlist = LAB_EXTENSIONS
    config.VoilaConfiguration.kernel_spec_manager_class = OwnKernelSpecs
    config.MappingKernelManager.cull_idle_timeout = CULL_IDLE_SECONDS
    config.MappingKernelManager.cull_interval = 30
    config.MappingKernelManager.cull_connected = False
    if os.name == "posix" and len(str(scratch)) <= LONGEST_SOCKET_FOLDER:
        # Files that only this user may open, rather than ports that every user may.
        config.KernelManager.transport = "ipc"
    return config


def main() -> int:
    """Serve until standard input closes."""
    request = json.loads(sys.stdin.readline())
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Kernels inherit what stands on 1: their chatter is for the terminal, not for the channel.
    os.dup2(2, 1)

    def tell(**what: Any) -> None:
        channel.write(json.dumps(what) + "\n")
        channel.flush()

    os.environ["MEXLAB_WORKSPACE"] = request["workspace"]
    with tempfile.TemporaryDirectory(prefix="mexlab_") as scratch:
        # The user's own start-up files of IPython are not run in a page.
        os.environ["IPYTHONDIR"] = str(Path(scratch) / "ipython")
        app = MexlabVoila(config=_config(request, Path(scratch)))
        app.page_host = request["host"]
        listening = threading.Event()

        def ready(port: int) -> None:
            listening.set()
            tell(port=port)

        app.ready = ready
        app.initialize(argv=[])

        def watch() -> None:
            sys.stdin.read()
            # Before it listens there is no loop to stop, and a server whose parent was killed
            # while it started would keep the port for ever.
            listening.wait()
            app.ioloop.add_callback(app.ioloop.stop)

        try:
            threading.Thread(target=watch, daemon=True).start()
            app.start()
        except OSError as error:
            unknown = isinstance(error, socket.gaierror)
            tell(error=error.strerror or str(error), errno=error.errno, name_unknown=unknown)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
