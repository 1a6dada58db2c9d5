"""The ways of a notice, which Apprise knows: mail, webhooks, chats, gateways of text messages."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

from dashboard.telling.guard import Allowed, ForbiddenAddress, check_host, guarded
from data.vocabulary import Level

# They show something on this machine, or connect in a thread or by a library of their own, where nobody could look.
NOT_OURS = frozenset(
    (
        *("amqp", "amqps", "aprs", "blink1", "dbus", "deltachat", "glib", "gnome", "growl", "irc", "ircs", "kde"),
        *("macosx", "mqtt", "mqtts", "nostr", "qt", "rsyslog", "smpp", "smpps", "syslog", "windows", "xmpp", "xmpps"),
    )
)
CONNECT_SECONDS, READ_SECONDS = 10.0, 15.0
LONGEST_SAID = 160
SECRET = re.compile(r"\S*@\S*|\S*://\S*|\+?\d[\d\s().-]{5,}\d|\S{16,}")  # addresses, phone numbers, keys
TYPES = {Level.CRITICAL: NotifyType.FAILURE, Level.ALERT: NotifyType.WARNING, Level.WATCH: NotifyType.INFO}


class WrongAddress(Exception):
    """Locale key `telling.trouble.<code>`; nothing of the address is in it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


# Its lines name recipients; what we keep of them is made plain first.
logging.getLogger("apprise").propagate = False


@dataclass(frozen=True)
class Answer:
    good: bool
    trouble: str | None = None
    said: str | None = None


def kind_of(address: str) -> str:
    """What stands before the colon. Raises WrongAddress."""
    found = re.match(r"([a-z0-9]+)://.", address.strip(), re.IGNORECASE)
    if found is None:
        raise WrongAddress("wrong_address")
    return found[1].lower()


def checked(address: str, allowed: Allowed) -> str:
    """The kind of an address that may be sent to. Raises WrongAddress."""
    kind = kind_of(address)
    way = _way(address)
    host = getattr(way, "smtp_host", None) or way.host
    if host and any("{host}" in template for template in way.templates):
        try:
            check_host(host, allowed)
        except ForbiddenAddress as wrong:
            raise WrongAddress("forbidden_address", address=str(wrong)) from None
        except OSError:
            raise WrongAddress("unknown_host") from None
    return kind


def send(address: str, title: str, text: str, level: Level, mark: str, allowed: Allowed) -> Answer:
    """One try, in this thread. What the other side answered is told without anything of the address."""
    heard = _Heard()
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    try:
        checked(address, allowed)
        way = _way(address)
        if isinstance(getattr(way, "headers", None), dict):
            way.headers.update({"X-Caudal-Notice": mark, "Idempotency-Key": mark})
        with guarded(allowed) as watch:
            good = way.notify(body=text, title=title, notify_type=TYPES.get(level, NotifyType.INFO), body_format="text")
    except WrongAddress as wrong:
        return Answer(False, wrong.code)
    except Exception as wrong:  # of 130 services, each with its own ways of failing
        return Answer(False, "not_accepted", type(wrong).__name__)
    finally:
        logger.removeHandler(heard)
    if good:
        return Answer(True)
    # What a library makes of a connection that was not let out is a server that cannot be reached.
    return Answer(False, "forbidden_address") if watch.refused else Answer(False, "not_accepted", heard.last)


def _way(address: str) -> Any:
    """Raises WrongAddress."""
    if kind_of(address) in NOT_OURS:
        raise WrongAddress("not_ours")
    asset = AppriseAsset(app_id="Caudal", app_desc="Caudal", app_url="", http_redirects=False, secure_logging=True)
    way = Apprise.instantiate(address.strip(), asset=asset)
    if way is None:
        raise WrongAddress("wrong_address")
    way.redirects = False  # whatever the address says
    way.notify_format = NotifyFormat.TEXT
    way.socket_connect_timeout, way.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    return way


class _Heard(logging.Handler):
    """The last warning of this thread, without what might be secret."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: str | None = None
        self._thread = logging.LogRecord("", 0, "", 0, "", None, None).thread

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.last = SECRET.sub("…", " ".join(record.getMessage().split()))[:LONGEST_SAID]
