"""The state of a page is its address: reading it, writing it, and saying what is wrong with it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from callbacks.asked import FIRST_YEAR, LAST_YEAR, WrongAsk, in_our_years
from callbacks.picked import NOTHING, RANGE, Picked, picked
from data.types import Scope, Site
from data.vocabulary import Audience, Language, Look
from layouts.addresses import ASKS, PICKS
from layouts.pages import PAGES
from layouts.replay import FASTEST, PAGES_REPLAYED, SPEEDS

WINDOWS = ("today", "yesterday", "48h", "7d", "30d")
DISTANCES = (3, 6, 10)
# What an address may carry besides; pages read these themselves.
EXTRAS = ("boards", "dwell")
LONGEST_ASK = 20


class BadAddress(Exception):
    """Locale key `address.<code>` and its facts, moments told in `zone`; `status` for the answer."""

    def __init__(self, code: str, status: int = 400, zone: str = "UTC", **facts: Any) -> None:
        super().__init__(code)
        self.zone = zone
        self.code = code
        self.status = status
        self.facts = facts


@dataclass(frozen=True)
class View:
    """What one address shows. `extras` are further parts that the page itself understands."""

    page: str
    site: str
    lang: Language
    look: Look
    window: str
    distance: int
    as_of: datetime | None = None
    extras: tuple[tuple[str, str], ...] = ()
    mask_below: int = 5
    picked: Picked = NOTHING
    zone: str = "UTC"
    asks: tuple[tuple[str, str], ...] = ()  # what one person asks of a page, as written
    replay: int = 0  # how fast the page moves on from `as_of` through its day; 0: it stands

    def scope(self, audience: Audience) -> Scope:
        chosen = self.picked
        return Scope(
            site=self.site,
            language=self.lang,
            audience=audience,
            window=self.window,
            as_of=self.as_of,
            mask_below=self.mask_below,
            span=chosen.span,
            compare=chosen.compare,
            by=chosen.by,
            presence=chosen.presence,
            published=chosen.published,
            target=Scope.target if chosen.target is None else chosen.target,
            rule=chosen.rule,
            level=chosen.level,
            outcome=chosen.outcome,
        )

    def query(self) -> str:
        asked = {
            **self.board_words(),
            "look": self.look,
            **({"distance": str(self.distance)} if self.distance else {}),
            **dict(self.extras),
            **dict(self.asks),
            **({"replay": self.as_of.isoformat(), "speed": str(self.replay)} if self.replay and self.as_of else {}),
        }
        return urlencode(asked)

    def board_words(self) -> dict[str, str]:
        """What names its board: the state of the page without what is only how it looks."""
        return {
            "site": self.site,
            "lang": str(self.lang),
            **({} if self.picked.span else {"window": self.window}),
            **self.picked.words(self.zone),
            **({"as_of": self.as_of.isoformat()} if self.as_of else {}),
        }

    def token(self) -> str:
        """One path segment that says it all; a name, not a permission."""
        return base64.urlsafe_b64encode(f"{self.page}?{self.query()}".encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Known:
    """What an address is read against."""

    sites: tuple[Site, ...]
    default_site: str
    default_lang: Language
    mask_below: int = 5  # CAUDAL_SMALL_COUNT_THRESHOLD
    now: datetime | None = None  # by the clock of the domain


def view_of(page: str, query: Mapping[str, str], known: Known, wanted_lang: str | None = None) -> View:
    """`wanted_lang`: what this browser chose before, for an address that names no language."""
    lang = language(query.get("lang"), wanted_lang, known)
    site = site_of(query.get("site"), known)
    replayed = _moment("replay", query.get("replay"), site) if page in PAGES_REPLAYED else None
    as_of = replayed or _moment("as_of", query.get("as_of"), site)
    chosen = _picked(page, query, site, as_of or known.now)
    return View(
        page=page,
        site=site.site,
        lang=lang,
        look=Look(_one_of("look", query.get("look"), tuple(Look), Look.DARK if page == "wall" else Look.LIGHT)),
        # A range that somebody chose stands in the place of a named window.
        window=RANGE if chosen.span else _one_of("window", query.get("window"), WINDOWS, "today"),
        distance=_distance(page, query.get("distance")),
        as_of=as_of,
        extras=tuple((name, query[name]) for name in EXTRAS if name in query),
        asks=_asks(page, query),
        replay=int(_one_of("speed", query.get("speed"), tuple(map(str, SPEEDS)), FASTEST)) if replayed else 0,
        mask_below=known.mask_below,
        picked=chosen,
        zone=site.zone,
    )


def _asks(page: str, query: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """As written, empty ones left out: what is wrong with a question is told where its answer would stand."""
    said = ((name, query.get(name, "").strip()) for name in ASKS if name in PICKS.get(page, ()))
    return tuple((name, text[:LONGEST_ASK]) for name, text in said if text)


def _picked(page: str, query: Mapping[str, str], site: Site, now: datetime | None) -> Picked:
    """What a page does not show is no part of its state: two addresses of one board are one board."""
    shown = PICKS.get(page, ())
    try:
        return picked({name: value for name, value in query.items() if name in shown}, site, now)
    except WrongAsk as wrong:
        raise BadAddress(wrong.code, zone=site.zone, name=wrong.name, value=wrong.value[:60], **wrong.facts) from None


def view_of_token(token: str, known: Known) -> View:
    try:
        address = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadAddress("unknown_page", 404) from None
    page, _, query = address.partition("?")
    if page not in PAGES:
        raise BadAddress("unknown_page", 404)
    return view_of(page, dict(parse_qsl(query)), known)


def language(asked: str | None, wanted: str | None, known: Known) -> Language:
    if asked:
        return Language(_one_of("lang", asked, tuple(Language), known.default_lang))
    return Language(wanted) if wanted in tuple(Language) else known.default_lang


def _one_of(name: str, value: str | None, allowed: tuple[str, ...], default: str) -> str:
    if not value:
        return default
    if value not in allowed:
        raise BadAddress("unknown_value", name=name, value=value[:60], allowed=", ".join(allowed))
    return value


def site_of(name: str | None, known: Known) -> Site:
    if not known.sites:
        raise BadAddress("no_site", 503)
    wanted = name or known.default_site
    found = next((site for site in known.sites if site.site == wanted), None)
    if found is None and not name:
        found = known.sites[0]
    if found is None:
        raise BadAddress(
            "unknown_site", 404, value=str(name)[:60], allowed=", ".join(site.site for site in known.sites)
        )
    return found


def _distance(page: str, value: str | None) -> int:
    """Metres; 0 is a desk, which every page but the display is for."""
    metres = int(_one_of("distance", value, tuple(map(str, DISTANCES)), str(DISTANCES[0])))
    return metres if page == "wall" else 0


def moment_said(name: str, value: str | None) -> datetime | None:
    """As it was written, with or without an offset; BadAddress where it is no moment of our years."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value.replace(" ", "+"))  # a plus sign that nobody encoded
    except ValueError:
        raise BadAddress("bad_moment", name=name, value=value[:60]) from None
    if not in_our_years(moment):
        first, last = str(FIRST_YEAR), str(LAST_YEAR)
        raise BadAddress("moment_out_of_years", name=name, value=value[:60], first=first, last=last)
    return moment


def _moment(name: str, value: str | None, site: Site) -> datetime | None:
    """To the second: each finer moment would be a board of its own."""
    moment = moment_said(name, value)
    if moment is None:
        return None
    whole = moment.replace(microsecond=0)
    return whole if whole.tzinfo else whole.replace(tzinfo=ZoneInfo(site.zone))
