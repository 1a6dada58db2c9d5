"""The Dash application: its callbacks, its scripts and its configuration. The shell serves all else (server.py)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import dash_bootstrap_components
import flask
import flask_login
import orjson
from dash import html

from dashboard.access import Viewer
from dashboard.static_files import StaticFiles
from dashboard.view import View
from data.types import Scope
from layouts import ids
from layouts.board import Tree

# Large parts of Dash that no page of ours draws: never sent, never compressed.
UNUSED = re.compile(r"dash_table|async-(mathjax|highlight)|plotly\.min|\.map$|dash-ws-worker")


# What a browser sends with a callback is a filter or a number.
LARGEST_QUESTION_BYTES = 256 * 1024


class DashShell:
    """Dash on its Flask backend, with what the pages around it need of it, worked out once."""

    def __init__(self, secret: bytes, register: Callable[[dash.Dash], None]) -> None:
        app = dash.Dash(
            "caudal",
            include_assets_files=False,
            serve_locally=True,
            suppress_callback_exceptions=True,  # otherwise the whole layout is embedded twice in the page
            compress=False,
            update_title="",
        )
        app.server.secret_key = secret
        app.server.config["MAX_CONTENT_LENGTH"] = LARGEST_QUESTION_BYTES
        # Each address has a layout of its own, served by the shell from its board (pages_http.py).
        app.layout = lambda: html.Div(id=ids.ROOT)
        logins = flask_login.LoginManager(app.server)
        logins.request_loader(lambda request: SignedIn(viewer_of(request)))
        register(app)
        app._setup_server()  # on the first request it races under threads
        self.app = app
        with app.server.test_client() as client:
            self.dependencies: bytes = client.get("/_dash-dependencies").data
        self.scripts = [
            src for src in re.findall(r'<script src="([^"]+)"', app._generate_scripts_html()) if not UNUSED.search(src)
        ]

    def add_files(self, files: StaticFiles) -> None:
        packages = {"dash": dash, "dash_bootstrap_components": dash_bootstrap_components}
        for namespace, module in packages.items():
            paths = {path for path in self.app.registered_paths[namespace] if not UNUSED.search(path)}
            files.add_suite(namespace, Path(str(module.__file__)).parent, paths)

    def config(self, prefix: str) -> dict[str, Any]:
        """What Dash's renderer reads from the page. `prefix`: where it asks for layout and callbacks."""
        config = self.app._config()
        for talkative in ("python_version", "dash_version_url"):
            config.pop(talkative, None)
        holders = {
            library: {name: props for name, props in components.items() if props}
            for library, components in config["children_props"].items()
        }
        return {**config, "children_props": holders, "requests_pathname_prefix": prefix}


class SignedIn(flask_login.UserMixin):
    """Flask-Login's `current_user` in a callback: the same viewer the shell let in."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.id = viewer.name


def viewer_of(request: flask.Request) -> Viewer:
    found = _state(request)["viewer"]
    assert isinstance(found, Viewer)
    return found


def view_of(request: flask.Request) -> View:
    """The page whose callback this is, as its address said; checked by the shell."""
    found = _state(request)["view"]
    assert isinstance(found, View)
    return found


def asked_scope() -> Scope:
    """Who asks through a callback, about what."""
    return view_of(flask.request).scope(flask_login.current_user.viewer.audience)


def _state(request: flask.Request) -> dict[str, Any]:
    state = request.environ["asgi.scope"]["state"]
    assert isinstance(state, dict)
    return state


def layout_json(tree: Tree) -> bytes:
    """A layout as Dash sends it."""
    return orjson.dumps(tree, option=orjson.OPT_SERIALIZE_NUMPY)
