"""Who is asking, and what they may see. One function says who, one table says what; every route asks both."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from data.accounts import Directory
from data.keys import digest
from data.sources.words import plain
from data.vocabulary import Audience, Role

LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
# Any of these says that somebody stands between the browser and us, so that "it came from loopback" means nothing.
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")

PROTECTION_ROLES = frozenset({Role.PROTECTION, Role.COORDINATION, Role.ADMIN})
SENDING_ROLES = frozenset({Role.PARTNER, Role.SECTOR_LEAD, Role.PROTECTION, Role.COORDINATION, Role.ADMIN})
# Send what is their own organisation's; the others of SENDING_ROLES for anyone.
OWN_SOURCES_ROLES = frozenset({Role.PARTNER, Role.SECTOR_LEAD})
OPERATING_ROLES = frozenset({Role.COORDINATION, Role.ADMIN})


@dataclass(frozen=True)
class Viewer:
    name: str
    role: Role
    audience: Audience
    sites: tuple[str, ...] | None = None  # None: all
    boards: tuple[str, ...] | None = None  # None: all
    sources: tuple[str, ...] | None = None  # whose reports it may send; None: anyone's
    organisation: str | None = None
    local: bool = False  # at the machine itself, without an account
    program: bool = False  # a token: the API, no pages

    @property
    def may_operate(self) -> bool:
        return self.local or self.role in OPERATING_ROLES

    def may_see_site(self, site: str) -> bool:
        return self.sites is None or site in self.sites

    def may_see_board(self, page: str) -> bool:
        return not self.program and (self.boards is None or page in self.boards)

    @property
    def holder(self) -> str:
        """Whose things these are. The person at the machine has no account and shares no name with one."""
        return "local:" if self.local else f"{'token' if self.program else 'account'}:{self.name}"

    @property
    def sends(self) -> bool:
        """May send something; of which source `may_send` says."""
        return self.local or self.role in SENDING_ROLES

    def may_send(self, source: str) -> bool:
        if not self.local and self.role not in SENDING_ROLES:
            return False
        return self.sources is None or source in self.sources

    @property
    def source(self) -> str | None:
        """The source it speaks for where it can be only one."""
        return self.sources[0] if self.sources is not None and len(self.sources) == 1 else None


# The person at the machine sees what the wall shows: small protected counts need a name.
LOCAL = Viewer("local", Role.COORDINATION, Audience.OPEN, local=True)


@dataclass(frozen=True)
class Asking:
    """The parts of a request that say who asks. Header names in lower case."""

    method: str
    headers: Mapping[str, str]
    peer: str | None  # address of the other end of the connection
    session: Mapping[str, str | int] | None  # the signed cookie's content, if its signature holds


def viewer(asking: Asking, who: Directory, loopback_only: bool) -> Viewer | None:
    """Who asks, or None. `loopback_only`: the server listens on loopback and nowhere else."""
    if crosses_sites(asking):
        return None
    bearer = asking.headers.get("authorization", "")
    if bearer:
        return _token(bearer, who)
    if asking.session is not None:
        known = _account(asking.session, who) or _screen(asking, who)
        if known is not None or asking.session.get("kind") == "screen":
            return known  # a revoked screen does not become the person at the machine
    if not who.accounts and loopback_only and is_local(asking):
        return LOCAL
    return None


def is_local(asking: Asking) -> bool:
    """Sent by a programme on this machine to a local name. Rebinding gives itself away by its Host."""
    if any(name in asking.headers for name in FORWARDING):
        return False
    return is_loopback(asking.peer) and LOCAL_HOST.fullmatch(asking.headers.get("host", "")) is not None


def crosses_sites(asking: Asking) -> bool:
    """Another site's page wrote this request."""
    origin = asking.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != asking.headers.get("host", ""):
        return True
    # A link from elsewhere is a navigation and welcome; a script, image or frame from elsewhere is not.
    if asking.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return asking.headers.get("sec-fetch-mode") != "navigate" or asking.method not in ("GET", "HEAD")
    return False


def audience_of(role: Role) -> Audience:
    return Audience.PROTECTION if role in PROTECTION_ROLES else Audience.OPEN


def source_name(organisation: str) -> str:
    """The source of an organisation that has none yet: its name as one word."""
    return re.sub(r"[^a-z0-9]+", "-", plain(organisation)).strip("-")[:80]


def _own_sources(organisation: str | None, who: Directory) -> tuple[str, ...]:
    """Those of the organisation; where it has none yet, its name as one, unless that is somebody else's."""
    if not organisation:
        return ()
    own = who.sources.get(organisation, ())
    fresh = source_name(organisation)
    return own if own or fresh in who.reporters else (fresh,)


def _account(session: Mapping[str, str | int], who: Directory) -> Viewer | None:
    if session.get("kind") != "account":
        return None
    known = who.accounts.get(str(session.get("name")))
    if known is None or known.disabled or known.epoch != session.get("epoch"):
        return None
    if not session.get("id") or session["id"] in who.ended:
        return None
    sources = _own_sources(known.organisation, who) if known.role in OWN_SOURCES_ROLES else None
    return Viewer(
        known.name,
        known.role,
        audience_of(known.role),
        known.sites,
        sources=sources,
        organisation=known.organisation,
    )


def _screen(asking: Asking, who: Directory) -> Viewer | None:
    session = asking.session or {}
    if session.get("kind") != "screen" or asking.method not in ("GET", "HEAD"):
        return None
    known = who.screens.get(str(session.get("name")))
    if known is None or known.revoked or known.token_hash[:16] != session.get("link"):
        return None
    return Viewer(known.name, Role.SCREEN, Audience.OPEN, (known.site,), known.boards)


def _token(header: str, who: Directory) -> Viewer | None:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() == "basic":
        secret = _password(secret.strip())  # services that know no other way send the key as a password
    elif scheme.lower() != "bearer":
        return None
    known = who.tokens.get(digest(secret.strip()))
    if known is None:
        return None
    sources = None if known.source is None else (known.source,)
    return Viewer(known.name, known.role, audience_of(known.role), known.sites, sources=sources, program=True)


def _password(pair: str) -> str:
    """The password of basic credentials; "" where they are none."""
    try:
        return base64.b64decode(pair, validate=True).decode().partition(":")[2]
    except ValueError:  # of base64 and of UTF-8
        return ""


def is_loopback(peer: str | None) -> bool:
    try:
        return peer is not None and ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
