"""A KoboToolbox and an ODK Central of our own, on 127.0.0.1, that page as theirs do and fail when told to."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KOBO_TOKEN = "kobo-secret-7f3a"
ODK_USER, ODK_PASSWORD = "datos@odk.example", "odk-secret-91bc"

Failure = Callable[["Handler"], bool]  # True: it answered in its own way


class Handler(BaseHTTPRequestHandler):
    server: World
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        world = self.server
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        world.asked.append((parts.path, query, dict(self.headers)))
        if world.failures and world.failures.pop(0)(self):
            return
        if parts.path.startswith("/api/v2/assets/"):
            self._kobo(parts.path, query)
        elif parts.path.startswith("/v1/projects/"):
            self._odk(parts.path, query)
        else:
            self.send(404, {"detail": "Not found."})

    def _kobo(self, path: str, query: dict[str, str]) -> None:
        world = self.server
        if self.headers.get("Authorization") != f"Token {KOBO_TOKEN}":
            self.send(401, {"detail": "Invalid token."})
        elif path != "/api/v2/assets/aLlegadas/data.json":
            self.send(404, {"detail": "Not found."})
        else:
            wanted = json.loads(query.get("query", "{}"))
            found = [one for one in world.submissions if all(_fits(one.get(k), v) for k, v in wanted.items())]
            if query.get("sort") == '{"_id":1}':
                found.sort(key=lambda one: one["_id"])
            start, limit = int(query.get("start", 0)), min(int(query.get("limit", 100)), world.most)
            page = found[start : start + limit]
            rest = start + limit < len(found)
            following = f"https://elsewhere.example/?start={start + limit}" if rest else None
            self.send(200, {"count": len(found), "next": following, "previous": None, "results": page})
            world.answered()

    def _odk(self, path: str, query: dict[str, str]) -> None:
        world = self.server
        pair = base64.b64encode(f"{ODK_USER}:{ODK_PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {pair}":
            self.send(401, {"code": 401.2, "message": "Could not authenticate with the provided credentials."})
            return
        if path != "/v1/projects/7/forms/llegadas.svc/Submissions":
            self.send(404, {"code": 404.1, "message": "Could not find the resource you were looking for."})
            return
        wanted = query.get("$filter", "")
        if "deletedAt" in wanted and world.old_central:
            self.send(501, {"code": 501.4, "message": "The field __system/deletedAt is not supported."})
            return
        found = [one for one in world.submissions if _odk_fits(one["__system"], wanted)]
        found.sort(key=lambda one: (one["__system"]["submissionDate"], one["__id"]), reverse=True)
        count = len(found)
        if token := query.get("$skiptoken"):
            last = json.loads(base64.urlsafe_b64decode(token[2:]))["instanceId"]
            places = [place for place, one in enumerate(found) if one["__id"] == last]
            found = found[places[0] + 1 :] if places else []
        page = found[: int(query.get("$top", 10_000))]
        told: dict[str, Any] = {"value": page, "@odata.context": "…", "@odata.count": count}
        if len(found) > len(page):
            after = base64.urlsafe_b64encode(json.dumps({"instanceId": page[-1]["__id"]}).encode()).decode()
            told["@odata.nextLink"] = f"https://elsewhere.example{path}?%24skiptoken=01{after.replace('=', '%3D')}"
        self.send(200, told)
        world.answered()

    def send(self, status: int, told: Any, **headers: str) -> None:
        body = json.dumps(told).encode()
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            headers["Content-Encoding"] = "gzip"
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all({"$gt": value > limit, "$gte": value >= limit}[sign] for sign, limit in wanted.items())
    return bool(value == wanted)


def _odk_fits(system: dict[str, Any], wanted: str) -> bool:
    def holds(term: str) -> bool:
        name, sign, limit = term.split()
        assert sign == "ge"
        value = system.get(name.removeprefix("__system/"))
        return value is not None and datetime.fromisoformat(value) >= datetime.fromisoformat(limit)

    if "deletedAt" not in wanted and system.get("deletedAt"):
        return False
    return not wanted or any(holds(term) for term in wanted.split(" or "))


class World(ThreadingHTTPServer):
    """What the partner has, and how its server behaves."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.submissions: list[dict[str, Any]] = []
        self.failures: list[Failure] = []
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.between: list[Callable[[], None]] = []  # what happens after each answer
        self.most = 1_000
        self.old_central = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answered(self) -> None:
        if self.between:
            self.between.pop(0)()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that hung up


def status(code: int, **headers: str) -> Failure:
    def fail(handler: Handler) -> bool:
        handler.send(code, {"detail": "out of order"}, **headers)
        return True

    return fail


def cut(handler: Handler) -> bool:
    """Half an answer, and the line goes dead."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"results": [')
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.close()
    return True


def drips(handler: Handler) -> bool:
    """A byte now and then, so that no single read ever times out."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    try:
        for _ in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass
    handler.close_connection = True
    return True


def page_of_words(handler: Handler) -> bool:
    body = b"<html><body>Sign in to the hotel's network</body></html>"
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
    return True


def fine(handler: Handler) -> bool:
    return False


@contextmanager
def world() -> Iterator[World]:
    made = World()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


def kobo(number: int, hour: str, people: Any, *, uuid: str = "", edits: str = "", **more: Any) -> dict[str, Any]:
    """A submission as Kobo's API gives it; an edit has a new uuid and names the one it edits and the first."""
    own = uuid or f"uuid-{number}"
    told = {
        "_id": number,
        "_uuid": own,
        "meta/instanceID": f"uuid:{own}",
        "turno/hora": f"2018-10-31T{hour}:00.000-05:00",
        "conteo/personas": str(people),
        "_submission_time": f"2018-11-01T{number // 60 % 16:02}:{number % 60:02}:00",
        "_submitted_by": "encuestador",
        "_validation_status": {},
        "_attachments": [{"download_url": "https://kf.example/foto.jpg"}],
        **more,
    }
    if edits:
        told |= {"meta/deprecatedID": f"uuid:{edits}", "meta/rootUuid": f"uuid:uuid-{number}"}
    return told


def odk(number: int, hour: str, people: Any, **system: Any) -> dict[str, Any]:
    """A submission as the OData document has it."""
    sent = datetime(2018, 11, 1, number // 60 % 16, number % 60, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    instance = f"uuid:odk-{number}"
    return {
        "__id": instance,
        "__system": {"submissionDate": sent, "updatedAt": None, "deletedAt": None, "reviewState": None, **system},
        "meta": {"instanceID": instance},
        "turno": {"hora": f"2018-10-31T{hour}:00.000-05:00"},
        "conteo": {"personas": people},
    }
