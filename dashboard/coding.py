"""Content codings of HTTP: which one a browser takes, and bytes in it."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]

# For what is built while somebody waits; files that never change get the strongest, once.
QUICK, STRONGEST = 5, 11


def accepted_coding(header: str) -> str | None:
    """br, gzip or nothing, of an Accept-Encoding header."""
    offered = {
        part.split(";")[0].strip().lower() for part in header.split(",") if not part.replace(" ", "").endswith(";q=0")
    }
    return next((coding for coding in ("br", "gzip") if coding in offered), None)


def coded(body: bytes, coding: str, quality: int = QUICK) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, quality=quality))
    return gzip.compress(body, compresslevel=6 if quality == QUICK else 9, mtime=0)
