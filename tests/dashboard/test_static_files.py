"""Scripts and styles: an address per content, as small as they go, nothing that a page does not use."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from starlette.requests import Request
from starlette.responses import Response

from dashboard.coding import accepted_coding
from dashboard.static_files import StaticFiles
from tests.dashboard.centre import awaited


def asked(files: StaticFiles, path: str, **headers: str) -> Response:
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "server": ("localhost", 80),
        "scheme": "http",
    }
    return awaited(files.serve(Request(scope)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, body in {
        "css/a.css": "@font-face{src:url('../fonts/f.woff2')} body{background:url(data:image/png;base64,xx)}" * 30,
        "fonts/f.woff2": "font",
        "js/x.js": "let x = 1;\n" * 200,
        "notes.md": "not served",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body)
    return tmp_path


def test_an_address_names_its_content_and_is_kept_for_a_year(folder: Path):
    files = StaticFiles(folder)
    address = files.address("/assets/js/x.js")
    assert re.fullmatch(r"/assets/js/x\.[0-9a-f]{12}\.js", address)
    assert "immutable" in asked(files, address).headers["cache-control"]
    assert "immutable" not in asked(files, "/assets/js/x.js").headers["cache-control"]
    (folder / "js/x.js").write_text("let x = 2;")
    assert StaticFiles(folder).address("/assets/js/x.js") != address
    assert StaticFiles(folder).release() != files.release()


def test_a_style_names_its_fonts_by_content_and_leaves_inlined_data_alone(folder: Path):
    files = StaticFiles(folder)
    style = files.text("/assets/css/a.css")
    assert files.address("/assets/fonts/f.woff2") in style
    assert "data:image/png" in style


def test_every_coding_gives_the_same_file(folder: Path):
    files = StaticFiles(folder)
    body = (folder / "js/x.js").read_bytes()
    assert asked(files, "/assets/js/x.js").body == body
    assert brotli.decompress(asked(files, "/assets/js/x.js", accept_encoding="gzip, br").body) == body
    assert gzip.decompress(asked(files, "/assets/js/x.js", accept_encoding="gzip").body) == body
    assert "content-encoding" not in asked(files, "/assets/fonts/f.woff2", accept_encoding="br").headers


def test_the_strongest_coding_is_worked_out_once(folder: Path, tmp_path: Path):
    cache = tmp_path / "cache"
    (folder / "js/x.js").write_text(Path(__file__).read_text() * 2)
    files = StaticFiles(folder)
    quick = len(asked(files, "/assets/js/x.js", accept_encoding="br").body)
    files.compress_once(cache).join(30)
    assert len(asked(files, "/assets/js/x.js", accept_encoding="br").body) < quick
    kept = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    StaticFiles(folder).compress_once(cache).join(30)
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == kept


def test_an_unchanged_file_is_not_sent_again(folder: Path):
    files = StaticFiles(folder)
    etag = asked(files, "/assets/js/x.js").headers["etag"]
    assert asked(files, "/assets/js/x.js", if_none_match=etag).status_code == 304


@pytest.mark.parametrize("path", ["/assets/notes.md", "/assets/nothing.js", "/assets/js/x.000000000000.css"])
def test_what_is_not_listed_is_not_served(folder: Path, path: str):
    assert asked(StaticFiles(folder), path).status_code == 404


@pytest.mark.parametrize(
    ("header", "coding"),
    [("", None), ("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0, gzip", "gzip"), ("identity", None)],
)
def test_the_coding_a_browser_takes(header: str, coding: str | None):
    assert accepted_coding(header) == coding
