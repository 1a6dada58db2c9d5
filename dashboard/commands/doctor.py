"""`caudal doctor`: what is well and what is not, and every setting."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click
from sqlalchemy import select

from dashboard.commands.ground import NOT_DONE, store_of
from dashboard.sessions import SHORTEST_SECRET_BYTES, ShortSecret, secret_file, secret_key
from dashboard.settings import Settings
from data import accounts, outbox
from data.receipts import unread
from data.sites import sites
from data.store import reading
from data.tables import evaluation
from data.tellings import BAD
from layouts.translator import Translator, translator

# Bytes without an entry that the operator is shown one by one.
MOST_UNREAD = 20


@click.command()
@click.option("--settings", "list_settings", is_flag=True, help="Print every setting, its value and what it does.")
@click.pass_obj
def doctor(settings: Settings, list_settings: bool) -> None:
    """Say what is well and what is not."""
    if list_settings:
        for name, field in Settings.model_fields.items():
            click.echo(f"CAUDAL_{name.upper()}={_plain(getattr(settings, name))}\n    {field.description}")
        return
    t = translator(settings.language)
    good = True
    for fine, sentence in examined(settings, t):
        click.echo(f"{t('cli.doctor_ok') if fine else t('cli.doctor_wrong')}\t{sentence}")
        good = good and fine
    sys.exit(0 if good else NOT_DONE)


def examined(settings: Settings, t: Translator) -> list[tuple[bool, str]]:
    """(well or not, what) for the store, the folder, the disk and the worker."""
    free = shutil.disk_usage(settings.var if settings.var.exists() else settings.var.absolute().parent).free / 1e9
    found = [(free > 1, t("cli.doctor_space", path=str(settings.var), free=round(free, 1)))]
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        probe = settings.var / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
        found.append((True, t("cli.doctor_var", path=str(settings.var))))
        found.append(_secret(settings, t))
        engine = store_of(settings)
        with reading(engine) as conn:
            places = [site.site for site in sites(conn)]
            people = accounts.account_count(conn)
            lost = unread(conn, settings.var)
            evaluated = {row.site: row.real_at for row in conn.execute(select(evaluation))}
            notices = outbox.standing(conn)
    except Exception as wrong:  # whatever it is, the operator is to read it here and not in a traceback
        found.append((False, f"{t('cli.doctor_store', url=_without_password(settings.store_url))}: {wrong}"))
        return found
    found.append((True, t("cli.doctor_store", url=_without_password(settings.store_url))))
    found.append((True, t("cli.doctor_migrations")))
    found.append((bool(places), t("cli.doctor_sites", sites=", ".join(places) or "-")))
    found.append((True, t("cli.doctor_accounts", number=people)))
    found.append((not lost, t("cli.doctor_unread", number=len(lost), path=str(settings.var / "received"))))
    found += [(False, str(path)) for path in lost[:MOST_UNREAD]]
    failing, undelivered = (sum(n for (_, one), n in notices.items() if one is fate) for fate in BAD)
    found.append((not failing and not undelivered, t("cli.doctor_notices", failing=failing, undelivered=undelivered)))
    for place in places:
        at = evaluated.get(place)
        fresh = at is not None and (datetime.now(UTC) - at).total_seconds() < 300
        when = t("cli.doctor_never") if at is None else at.isoformat(" ", "seconds")
        found.append((fresh, f"{t('cli.doctor_worker', site=place)}: {when}"))
    return found


def _secret(settings: Settings, t: Translator) -> tuple[bool, str]:
    """The key that signs sessions, where it lies, and whether only its user can read it."""
    file = secret_file(settings)
    try:
        secret_key(file)
    except (OSError, ShortSecret) as wrong:
        return False, t("cli.doctor_no_secret", path=str(file), least=SHORTEST_SECRET_BYTES, reason=str(wrong))
    if file.stat().st_mode & 0o077:
        return False, t("cli.doctor_open_secret", path=str(file))
    return True, t("cli.doctor_secret", path=str(file))


def _plain(value: object) -> str:
    return "" if value is None else _without_password(str(value))


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":***@") if parts.password else url


COMMANDS = (doctor,)
