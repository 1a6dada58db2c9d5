"""Scripts, styles and fonts: under addresses that name their content, compressed once, kept by browsers for a year."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dash.fingerprint import check_fingerprint
from starlette.requests import Request
from starlette.responses import Response

from dashboard.coding import STRONGEST, accepted_coding, coded

ASSETS = Path(__file__).parent.parent / "assets"
SERVED = frozenset({".css", ".js", ".woff2", ".woff", ".svg", ".png", ".ico", ".txt"})
ALREADY_SMALL = frozenset({".woff2", ".woff", ".png", ".ico"})
FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"

_CSS_URL = re.compile(r"""url\((['"]?)([^)'"#?:]+)\1\)""")
# name.<hash>.ext, as `StaticFiles.address` writes it
_HASHED = re.compile(r"^(.*)\.([0-9a-f]{12})(\.[^./]+)$")


@dataclass
class StaticFile:
    body: bytes
    mime: str
    compress: bool
    hash: str
    coded: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, body: bytes) -> StaticFile:
        extension = PurePosixPath(path).suffix
        mime = "text/javascript" if extension == ".js" else (mimetypes.guess_type(path)[0] or "text/plain")
        charset = "; charset=utf-8" if mime.startswith("text/") else ""
        return cls(
            body, mime + charset, extension not in ALREADY_SMALL, hashlib.blake2b(body, digest_size=6).hexdigest()
        )


class StaticFiles:
    """`/assets/…` from the project and `/_dash-component-suites/…` from Dash's packages."""

    def __init__(self, folder: Path = ASSETS) -> None:
        self._files: dict[str, StaticFile] = {}
        found = sorted(
            path for path in folder.rglob("*") if path.suffix in SERVED and not path.is_relative_to(folder / "pictures")
        )
        styles = [path for path in found if path.suffix == ".css"]
        for path in [path for path in found if path.suffix != ".css"] + styles:
            name = "/assets/" + path.relative_to(folder).as_posix()
            body = path.read_bytes()
            if path.suffix == ".css":
                body = self._with_hashed_addresses(PurePosixPath(name).parent, body.decode()).encode()
            self._files[name] = StaticFile.of(name, body)

    def names(self, under: str, suffix: str) -> list[str]:
        return sorted(name for name in self._files if name.startswith(under) and name.endswith(suffix))

    def address(self, name: str) -> str:
        path = PurePosixPath(name)
        return str(path.with_suffix(f".{self._files[name].hash}{path.suffix}"))

    def text(self, name: str) -> str:
        return self._files[name].body.decode()

    def add_suite(self, namespace: str, package: Path, paths: set[str]) -> None:
        """Files of a component library. Their addresses carry Dash's own fingerprint."""
        for path in paths:
            file = package / path
            if file.suffix in SERVED and file.is_file():
                name = f"/_dash-component-suites/{namespace}/{path}"
                self._files[name] = StaticFile.of(path, file.read_bytes())

    def release(self) -> str:
        """Changes when any file that a page loads changes."""
        together = "".join(name + file.hash for name, file in sorted(self._files.items()))
        return hashlib.blake2b(together.encode(), digest_size=6).hexdigest()

    async def serve(self, request: Request) -> Response:
        name = request.url.path
        fixed = False
        if (hashed := _HASHED.match(name)) is not None:
            name, fixed = hashed[1] + hashed[3], True
        elif name.startswith("/_dash-component-suites/"):
            name, fixed = check_fingerprint(name)
        file = self._files.get(name)
        if file is None:
            return Response("", status_code=404)
        etag = f'"{file.hash}"'
        headers = {"ETag": etag, "Cache-Control": FOR_EVER if fixed else A_WHILE, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        coding = accepted_coding(request.headers.get("accept-encoding", "")) if file.compress else None
        if coding is None:
            return Response(file.body, media_type=file.mime, headers=headers)
        if coding not in file.coded:
            file.coded[coding] = coded(file.body, coding)
        return Response(file.coded[coding], media_type=file.mime, headers={**headers, "Content-Encoding": coding})

    def compress_once(self, cache: Path) -> threading.Thread:
        """In the background: as small as brotli can, found in `cache` at every start but the first."""
        thread = threading.Thread(target=self._compress, args=(cache,), name="compress", daemon=True)
        thread.start()
        return thread

    def _compress(self, cache: Path) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        for file in list(self._files.values()):
            kept = cache / f"{file.hash}.br"
            if not file.compress:
                continue
            if not kept.exists():
                fresh = kept.with_suffix(f".{threading.get_native_id()}")
                fresh.write_bytes(coded(file.body, "br", STRONGEST))
                fresh.replace(kept)
            file.coded["br"] = kept.read_bytes()

    def _with_hashed_addresses(self, folder: PurePosixPath, css: str) -> str:
        def hashed(found: re.Match[str]) -> str:
            name = _joined(folder, found[2])
            return f"url({self.address(name)})" if name in self._files else found[0]

        return _CSS_URL.sub(hashed, css)


def _joined(folder: PurePosixPath, relative: str) -> str:
    parts: list[str] = [] if relative.startswith("/") else list(folder.parts[1:])
    for part in PurePosixPath(relative).parts:
        if part == "..":
            parts = parts[:-1]
        elif part not in ("/", "."):
            parts.append(part)
    return "/" + "/".join(parts)
