"""Where a channel may lead: out into the world, and to hosts of this network that the operator has named.

A name is asked when a channel is added and again when it is used; what counts is the address that is connected to. It
is looked at in the very moment of the connection, so that a name that changes its mind in between, or a redirect,
gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dashboard.feeding.addresses import METADATA

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
# Its last four bytes are an address of the old kind.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenAddress(OSError):
    """An address of an internal network that nobody has allowed. Of the kind after which connections are closed."""


@dataclass(frozen=True)
class Allowed:
    """Hosts and networks of our own that channels may reach."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IpNetwork, ...] = ()

    @classmethod
    def of(cls, said: str) -> Allowed:
        """From names, addresses and networks with commas between them."""
        hosts, networks = set(), []
        for word in (part.strip().lower() for part in said.split(",")):
            try:
                networks.append(ipaddress.ip_network(word, strict=False))
            except ValueError:
                hosts.add(word)
        return cls(frozenset(hosts - {""}), tuple(networks))

    def resolved(self) -> Allowed:
        """With what the allowed names stand for now."""
        found = [ipaddress.ip_network(str(one)) for host in self.hosts for one in addresses_of(host)]
        return Allowed(self.hosts, (*self.networks, *found))

    def holds(self, address: IpAddress) -> bool:
        return any(address in network for network in self.networks)


# What the library calls global and is not: IPv4 in other clothes, local translation, site-local, reserved.
INNER = tuple(ipaddress.ip_network(one) for one in ("::/96", "64:ff9b:1::/48", "fec0::/10", "192.0.0.0/24"))


def plain_address(said: str) -> IpAddress:
    """The address a packet would go to in the end; raises ValueError."""
    found: IpAddress = ipaddress.ip_address(said.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if inside is None and found in NAT64:
            inside = ipaddress.IPv4Address(found.packed[-4:])
        found = inside or found
    return found


def check(said: str, allowed: Allowed) -> None:
    """Raises ForbiddenAddress for what is not out in the world and not allowed."""
    address = plain_address(said)
    public = address.is_global and not address.is_multicast and str(address) not in METADATA
    public = public and not any(address in network for network in INNER)
    if not public and not allowed.holds(address):
        raise ForbiddenAddress(str(address))


def check_host(host: str, allowed: Allowed) -> None:
    """Every address the name stands for. Raises ForbiddenAddress; OSError where nobody knows the name."""
    if host.lower() in allowed.hosts:
        return
    for address in addresses_of(host, must=True):
        check(address, allowed)


def addresses_of(host: str, must: bool = False) -> list[str]:
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)})
    except OSError:
        if must:
            raise
        return []


@dataclass
class Watch:
    """What was kept from happening."""

    allowed: Allowed
    refused: str | None = None


_now = threading.local()


def _look(event: str, given: tuple[object, ...]) -> None:
    watch = getattr(_now, "watch", None) if event == "socket.connect" else None
    if watch is None:
        return
    target = given[1]
    try:
        if not isinstance(target, tuple):  # a socket of this machine
            raise ForbiddenAddress(str(target))
        check(str(target[0]), watch.allowed)
    except ForbiddenAddress as wrong:
        watch.refused = str(wrong)
        raise


_installed = False


@contextmanager
def guarded(allowed: Allowed) -> Iterator[Watch]:
    """While it lasts, this thread connects nowhere else."""
    global _installed
    if not _installed:
        sys.addaudithook(_look)  # it stays for good and looks at nothing outside of this block
        _installed = True
    _now.watch = Watch(allowed.resolved())
    try:
        yield _now.watch
    finally:
        _now.watch = None
