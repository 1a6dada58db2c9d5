"""`caudal serve` and `caudal migrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard.commands.ground import stop, store_of
from dashboard.logs import set_up_logs
from dashboard.sessions import SHORTEST_SECRET_BYTES, ShortSecret, secret_file, secret_key
from dashboard.settings import Settings
from dashboard.start_rules import StartRefused, check_start
from data import accounts
from data.clock import real_now
from data.store import reading
from layouts.translator import Translator, translator


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--behind-proxy", is_flag=True, default=None, help="A proxy with a certificate stands in front.")
@click.option("--worker/--no-worker", default=True, help="Start the process that evaluates alerts, too.")
@click.pass_obj
def serve(settings: Settings, worker: bool, **flags: Any) -> None:
    """Serve the dashboard and evaluate its alerts."""
    given = {name: value for name, value in flags.items() if value is not None}
    start(settings.model_copy(update=given), worker)


def start(settings: Settings, with_worker: bool = True) -> None:
    """Migrate, ask the rules, serve until told to stop."""
    from dashboard.server import serve as serve_until_stopped  # Dash takes a second to load; other commands need none

    t = translator(settings.language)
    set_up_logs(settings.log_format)
    engine = store_of(settings)
    try:
        with reading(engine) as conn:
            check_start(settings, accounts.account_count(conn))
        _check_secret(settings, t)
        serve_until_stopped(settings, engine, real_now, with_worker)
    except StartRefused as refused:
        stop(t(f"cli.{refused.code}", **refused.facts))
    except OSError as taken:
        stop(t("cli.port_taken", host=settings.host, port=str(settings.port), reason=taken.strerror or str(taken)))
    finally:
        engine.dispose()


def _check_secret(settings: Settings, t: Translator) -> None:
    file = secret_file(settings)
    try:
        secret_key(file)
    except (OSError, ShortSecret) as wrong:
        stop(t("cli.doctor_no_secret", path=str(file), least=SHORTEST_SECRET_BYTES, reason=str(wrong)))


@click.command("migrate")
@click.pass_obj
def migrate_store(settings: Settings) -> None:
    """Bring the store to the tables of this release."""
    store_of(settings).dispose()
    click.echo(translator(settings.language)("cli.migrated"))


COMMANDS = (serve, migrate_store)
