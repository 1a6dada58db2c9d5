"""Two border posts with six who report, in a store of their own, and the key of each reporter's programme."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from data.keys import add_token
from data.sites import add_site, load_site
from data.store import create_store, migrate, writing

SOURCES = {
    "migraciones": "Migraciones",
    "dtm": "OIM",
    "cruz-roja": "Cruz Roja Peruana",
    "acnur": "ACNUR",
    "minsa": "DIRESA",
    "patrulla": "Policía",
}
SITES = ("norte", "sur")
STAGES = ("vaccination", "migration-control", "asylum-cepr", "transport")
# Of the south nobody decided who is official; its day begins with the morning shift.
OPENS = {"norte": 0, "sur": 6}

SITE = """
site = "{site}"
name = "Puesto {site}"
country = "PE"
zone = "{zone}"
kind = "real"
phase = "emergency"
day_start_hour = {opens}
entry_stage = "migration-control"
stages = ["vaccination", "migration-control", "asylum-cepr", "transport"]
sectors = ["wash", "food", "health", "protection"]
shifts = [6, 14, 22]
"""
SOURCE = """
[[source]]
source = "{source}"
organisation = "{organisation}"
name = "{organisation}"
"""
OFFICIAL = """
[[official]]
stage = "migration-control"
measure = "{measure}"
source = "migraciones"
"""
# Yesterday's is in time the whole day long; that of an older day has been late since before anything was sent.
CADENCE = """
[[cadence]]
source = "{source}"
dataset = "{dataset}"
kind = "{kind}"
grace_minutes = {grace}
"""
CADENCES = (
    ("migraciones", "flow", "hourly", 30),
    ("migraciones", "queue", "hourly", 30),
    ("migraciones", "present", "daily", 1440),
    ("dtm", "flow", "daily", 1440),
    ("cruz-roja", "service", "shift", 60),
    ("acnur", "service", "daily", 1440),
    ("acnur", "referral", "weekly", 2880),
    ("minsa", "flow", "daily", 1440),
    ("patrulla", "queue", "daily", 1440),
)


def open_posts(url: str, zone: str, now: datetime) -> Engine:
    """A store with the two posts, whose rules were written down before the first figure."""
    engine = create_store(url)
    migrate(engine)
    reporters = "".join(SOURCE.format(source=name, organisation=of) for name, of in SOURCES.items())
    rhythms = "".join(CADENCE.format(source=s, dataset=d, kind=k, grace=g) for s, d, k, g in CADENCES)
    chosen = "".join(OFFICIAL.format(measure=measure) for measure in ("arrivals", "served"))
    with writing(engine) as conn:
        for site in SITES:
            text = SITE.format(site=site, zone=zone, opens=OPENS[site]) + reporters + rhythms
            file = load_site(text + chosen if site == "norte" else text)
            add_site(conn, file, now - timedelta(days=90), "test")
    return engine


def keys_of(engine: Engine, now: datetime) -> dict[str, str]:
    """The secret of each source's programme."""
    with writing(engine) as conn:
        return {source: add_token(conn, f"envios-{source}", source, now) for source in SOURCES}
