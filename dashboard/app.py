"""The Dash application: its callbacks, its scripts and its configuration. The shell serves all else (server.py)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dash
import dash_bootstrap_components
import flask
import flask_login
import orjson
import structlog
from dash import html
from werkzeug.exceptions import HTTPException

from dashboard.access import Viewer
from dashboard.static_files import StaticFiles
from dashboard.trouble import Trouble, trouble
from dashboard.view import View
from data.types import Scope
from layouts import ids
from layouts.board import Tree
from layouts.translator import translator

log = structlog.get_logger()

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
        app.server.before_request(partial(_check_question, app))
        app.server.register_error_handler(Exception, _not_answered)
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


def _check_question(app: dash.Dash) -> flask.Response | None:
    """Only what our own pages ask reaches Dash, which takes the shape of a question on trust."""
    if flask.request.method != "POST":
        return None
    try:
        asked = flask.request.get_json(silent=True)
    except RecursionError:  # thousands of brackets
        asked = None
    if isinstance(asked, dict) and isinstance(asked.get("output"), str):
        known = app.callback_map.get(asked["output"])
        changed = asked.get("changedPropIds", [])
        if (
            known is not None
            and _names_output(asked["output"], asked.get("outputs"))
            and _same_parts(asked.get("inputs", []), known["inputs"])
            and _same_parts(asked.get("state", []), known["state"])
            and isinstance(changed, list)
            and all(isinstance(one, str) for one in changed)
        ):
            return None
    return _said(400, "address.bad_question")


def _names_output(output: str, parts: Any) -> bool:
    """The parts of an output are those its name says; one with a pattern for an id, or several, may be a list."""
    if output.startswith(("{", "..")):
        return isinstance(parts, list | dict) and bool(parts)
    return isinstance(parts, dict) and f"{parts.get('id')}.{parts.get('property')}" == output


def _same_parts(asked: Any, known: list[dict[str, Any]]) -> bool:
    """The same components' properties, in the same order; parts with a pattern for an id may be several."""
    if not isinstance(asked, list) or len(asked) != len(known):
        return False
    return all(
        part["id"].startswith("{")
        or (isinstance(one, dict) and (one.get("id"), one.get("property")) == (part["id"], part["property"]))
        for one, part in zip(asked, known, strict=True)
    )


def _not_answered(wrong: Exception) -> flask.Response:
    if isinstance(wrong, HTTPException):
        return _said(wrong.code or 500, "address.bad_question")
    found = trouble(wrong)
    if found is Trouble.BUG:
        log.exception("question not answered", exc_info=wrong)
    return _said(found.status, f"web.error.ask_{found}")


def _said(status: int, key: str) -> flask.Response:
    message = translator(view_of(flask.request).lang)(key)
    return flask.Response(orjson.dumps({"error": key, "message": message}), status, mimetype="application/json")


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
