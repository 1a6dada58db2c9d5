"""Addresses a feed may be read from: never the metadata service of a cloud or another link-local neighbour."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from dashboard.feeding.trouble import Trouble

# Services that answer any machine that asks with that machine's own rights; not all of them are link-local.
METADATA = {"fd00:ec2::254", "100.100.100.200", "192.0.0.192"}


def check_url(url: str, allow_http: bool) -> None:
    """Raises Trouble for an address that is none, or that would carry a secret in the clear."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise Trouble("wrong_url", url=parts._replace(netloc=parts.hostname or "").geturl())
    if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname):
        raise Trouble("http_url", host=parts.hostname)


def check_peer(host: str, address: str) -> None:
    """Raises Trouble for an address nobody may be sent to by a name. Asked of the open connection, so that a name
    that changes its mind between question and connection gains nothing."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_link_local or found.is_multicast or found.is_unspecified or str(found) in METADATA:
        raise Trouble("forbidden_address", host=host, address=str(found))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
