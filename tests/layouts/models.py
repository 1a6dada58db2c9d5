"""Models of an invented day for the pages to draw: one where everything is reported, one where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.types import (
    AlertCard,
    AlertsModel,
    Breakdown,
    BreakdownDay,
    Cadence,
    ClockReading,
    Comparison,
    Contact,
    CoverageModel,
    DayCurves,
    Delivery,
    Duplicate,
    Expectation,
    ExpectedHour,
    ExpectedQueue,
    FeedState,
    Flag,
    Flowing,
    FlowModel,
    Frame,
    HeadCount,
    HourNeed,
    Issue,
    Kpi,
    LongReport,
    Needs,
    PlanKept,
    PolicyEvent,
    Presence,
    Pressure,
    PressureComponent,
    QueueModel,
    Reconciliation,
    Reporting,
    ReportsModel,
    Revision,
    Scope,
    SectorCoverage,
    Sentence,
    ServiceCoverage,
    Site,
    SituationModel,
    SourceFigure,
    Station,
    Window,
)
from data.vocabulary import (
    AlertState,
    Audience,
    FeedStanding,
    KpiName,
    Lane,
    Language,
    Level,
    Measure,
    Method,
    ReportState,
    Rhythm,
    Sector,
    Service,
    SiteKind,
    Stage,
    State,
)

NOW = datetime(2019, 6, 14, 23, 20, tzinfo=UTC)  # 18:20 at the site
DAY = Window(datetime(2019, 6, 14, 5, tzinfo=UTC), datetime(2019, 6, 15, 5, tzinfo=UTC))
SITE = Site(
    "simulacro-norte",
    "Simulacro Norte",
    "PE",
    "America/Lima",
    SiteKind.SIMULATION,
    0,
    Stage.MIGRATION_CONTROL,
    tuple(Stage),
    tuple(Sector),
    1800,
)
EVENT = PolicyEvent(DAY.end, {"es": "exige visa humanitaria", "en": "humanitarian visa required"}, "deadline")


COMPARISON = Comparison(
    "date",
    begins=datetime(2019, 6, 14),  # noqa: DTZ001 a clock on a wall
    day=Window(datetime(2018, 10, 31, 5, tzinfo=UTC), datetime(2018, 11, 1, 5, tzinfo=UTC)),
    name={"es": "cierre", "en": "closing"},
    points=pd.DataFrame({"minute": [0, 60, 1440], "arrivals": [10.0, 200.0, 6000.0], "served": [0.0, 50.0, np.nan]}),
    hours=pd.DataFrame({"minute": [0, 60], "people": [190.0, 300.0], "served": [50.0, np.nan]}),
    minute=1100,
    here=5689.0,
    there=4200.0,
    waiting_there=800.0,
    clock_changes=True,
)
BREAKDOWN = Breakdown(
    Stage.MIGRATION_CONTROL,
    Measure.SERVED,
    "migraciones",
    "sex",
    (
        BreakdownDay(DAY, 3429.0, {"female": 1800.0, "male": None}, None, False, True, Method.REGISTERED, 1629.0, True),
        BreakdownDay(Window(DAY.end, DAY.end + timedelta(days=1)), None, {}, None, False, False, None),
        BreakdownDay(DAY, 100.0, {"female": 60.0, "male": 50.0}, -10.0, True, False, Method.COUNTED),
    ),
)
PRESENT = Presence(
    DAY,
    "indeci",
    (
        Flowing(Measure.ARRIVALS, Stage.VACCINATION, "migraciones", 6369.0, 18, 18, True, Method.COUNTED),
        Flowing(Measure.SERVED, Stage.MIGRATION_CONTROL, "migraciones", 3429.0, 18, 18, counts=False),
        Flowing(Measure.EXITS, None, None, None, 0, 18),
        Flowing(Measure.ONWARD, Stage.TRANSPORT, "oim", 2200.0, 18, 18),
    ),
    pd.DataFrame(
        {
            "at": pd.DatetimeIndex([DAY.start + timedelta(hours=n) for n in range(4)], tz="UTC"),
            "present": [100.0, 40.0, -20.0, np.nan],
        }
    ),
    (HeadCount(DAY.start, 100.0, False, None), HeadCount(DAY.start + timedelta(hours=3), 90.0, True, -80.0)),
    1800.0,
)


def frame(language: Language = Language.ES, site: Site = SITE, version: int = 7) -> Frame:
    return Frame(
        site=site,
        sites=(site, replace(site, site="cebaf-tumbes", name="CEBAF Tumbes", kind=SiteKind.RECONSTRUCTION)),
        clock=ClockReading(NOW, 1.0, False),
        data_as_of=NOW - timedelta(seconds=40) if version else None,
        version=version,
        scope=Scope(site.site, language, Audience.OPEN, "today"),
        official_source="migraciones" if version else None,
    )


def kpi(name: str, value: float | None, **more: Any) -> Kpi:
    facts = {"state": State.OK if value is not None else State.MISSING, "as_of": NOW - timedelta(minutes=1), **more}
    return Kpi(name, value, **facts)


FULL_KPIS = {
    one.name: one
    for one in (
        kpi("entries_today", 3429.0, usual=1143.0, method=Method.REGISTERED, source="migraciones"),
        kpi("arrivals_today", 6369.0, at_least=True, method=Method.COUNTED, source="migraciones"),
        kpi("arrivals_last_hour", 453.0, usual=96.0, method=Method.COUNTED, source="migraciones"),
        kpi("arrivals_expected_today", 7800.0, low=7100.0, high=8600.0, method=Method.MODELLED),
        kpi("present", 4460.0, method=Method.COUNTED, source="indeci"),
        kpi("queue_len", 2940.0, at_least=True, method=Method.ESTIMATED, source="migraciones"),
        kpi("wait_minutes", 670.0, unit="minutes", low=540.0, high=840.0, method="virtual", source="migraciones"),
        kpi("time_to_clear_minutes", None, unit="minutes", state=State.NEVER, word="sentence.never_clears"),
        kpi("pressure_level", 3.0, unit="level", word="level.critical", at_least=True, method=Method.DERIVED),
        kpi("coverage_worst_sector", 0.36, unit="ratio", word="sector.shelter", method=Method.DERIVED),
        kpi("alerts_open", 3.0, unit="count"),
        kpi("reports_missing", 2.0, unit="count"),
        kpi("confidence", 82.0, unit="of-100"),
    )
}
UNITS = {"wait_minutes": "minutes", "time_to_clear_minutes": "minutes", "pressure_level": "level"}
EMPTY_KPIS = {
    str(name): Kpi(str(name), None, State.MISSING, None, unit=UNITS.get(str(name), "people")) for name in KpiName
}


def times(values: list[datetime]) -> pd.Series:
    return pd.Series(pd.DatetimeIndex(values, tz="UTC") if values else pd.DatetimeIndex([], tz="UTC"))


def curves() -> DayCurves:
    at = [DAY.start + timedelta(minutes=20 * n) for n in range(56)]
    share = np.linspace(0, 1, 56)
    arrivals, served = 680 + 5689 * share**1.25, 3429 * share**1.4
    usual = [DAY.start + timedelta(hours=n) for n in range(25)]
    mid = 1290 * np.linspace(0, 1, 25) ** 1.3
    return DayCurves(
        Stage.MIGRATION_CONTROL,
        DAY,
        pd.DataFrame(
            {
                "at": times(at),
                "arrivals": arrivals,
                "served": served,
                "provisional": share > 0.97,
                "modelled": False,
                "arrivals_soft": share < 0.3,
                "served_soft": share < 0,
            }
        ),
        pd.DataFrame({"at": times(usual), "low": mid * 0.8, "mid": mid, "high": mid * 1.2}),
        carried_in=680,
        queue_now=2940,
        queue_at_least=True,
        wait_from=NOW - timedelta(hours=7, minutes=30),
        wait_to=NOW,
        wait_level=3429,
        weekday=4,
        served_method=Method.REGISTERED,
        arrivals_method=Method.COUNTED,
    )


def no_curves() -> DayCurves:
    no = pd.Series([], dtype=float)
    points = pd.DataFrame(
        {
            "at": times([]),
            "arrivals": no,
            "served": no,
            "provisional": no,
            "modelled": no,
            "arrivals_soft": no,
            "served_soft": no,
        }
    )
    usual = pd.DataFrame({"at": times([]), "low": no, "mid": no, "high": no})
    return DayCurves(Stage.MIGRATION_CONTROL, DAY, points, usual, None, None, False, None, None, None, weekday=4)


def station(stage: Stage, level: Level, **facts: Any) -> Station:
    known = {
        "lane": Lane.GENERAL,
        "waiting": None,
        "served_last_hour": None,
        "counters_open": None,
        "counters_total": None,
        "wait_minutes": None,
        "wait_low": None,
        "wait_high": None,
        "wait_method": None,
        "growth_per_hour": None,
        "utilisation": None,
        "time_to_clear_minutes": None,
        "state": State.OK,
        "as_of": NOW - timedelta(minutes=5),
    }
    return Station(stage=stage, level=level, **{**known, **facts})


STATIONS = (
    station(
        Stage.VACCINATION,
        Level.ALERT,
        waiting=410.0,
        served_last_hour=186.0,
        counters_open=6,
        counters_total=6,
        wait_minutes=132.0,
        wait_method="virtual",
    ),
    station(
        Stage.MIGRATION_CONTROL,
        Level.CRITICAL,
        waiting=2940.0,
        served_last_hour=264.0,
        counters_open=18,
        counters_total=30,
        wait_minutes=670.0,
        wait_low=540.0,
        wait_high=840.0,
        wait_method="virtual",
        growth_per_hour=189.0,
        utilisation=1.71,
        at_least=True,
        never_clears=True,
        waiting_method=Method.ESTIMATED,
        rate_per_counter_hour=14.7,
        rate_sample_hours=6,
    ),
    station(
        Stage.ASYLUM_CEPR,
        Level.WATCH,
        lane=Lane.PRIORITY,
        waiting=58.0,
        served_last_hour=41.0,
        counters_open=3,
        counters_total=3,
        wait_minutes=85.0,
        growth_per_hour=-20.0,
        time_to_clear_minutes=174.0,
    ),
    station(Stage.CHILD_PROTECTION_UPE, Level.NO_DATA, state=State.MISSING, as_of=None),
    station(Stage.TRANSPORT, Level.NORMAL, waiting=96.0, counters_open=0, counters_total=9, closed=True),
)


def service(
    sector: Sector, name: Service, level: Level, delivered: float | None, required: float | None, unit: str, **more: Any
) -> ServiceCoverage:
    both = delivered is not None and required is not None
    facts: dict[str, Any] = {
        "gap": max(0.0, required - delivered) if both else None,
        "ratio": delivered / required if both else None,
        "state": State.OK if delivered is not None else State.MISSING,
        "as_of": NOW - timedelta(minutes=50) if delivered is not None else None,
        "denominator": "present" if required else None,
        "denominator_value": 4460.0 if required else None,
        "standard_value": 15.0 if required else None,
        "standard_per": "per-person-day" if required else None,
        "standard_source": "UNHCR, 2020" if required else None,
        "phase": "emergency" if required else None,
        "organisations": ("Cruz Roja Peruana",) if delivered is not None else (),
        **more,
    }
    return ServiceCoverage(sector, name, delivered, required, unit, level=level, **facts)


def sector(*services: ServiceCoverage) -> SectorCoverage:
    worst = services[0]
    return SectorCoverage(worst.sector, worst.level, worst.state, worst, services)


SECTORS = (
    sector(service(Sector.SHELTER, Service.SHELTER_PLACES, Level.CRITICAL, 1560.0, 4460.0, "plazas")),
    sector(
        service(Sector.WASH, Service.LATRINES, Level.CRITICAL, 28.0, 90.0, "letrinas", standard_per="people-per-unit"),
        service(Sector.WASH, Service.WATER, Level.ALERT, 31000.0, 49400.0, "litros"),
    ),
    sector(service(Sector.HEALTH, Service.HEALTH_SCREENING, Level.ALERT, 3200.0, 6400.0, "tamizajes")),
    sector(
        service(
            Sector.CHILD_PROTECTION,
            Service.CHILD_FRIENDLY_SPACE,
            Level.NO_DATA,
            None,
            None,
            "",
            silent_since=NOW - timedelta(hours=6, minutes=20),
        )
    ),
    sector(service(Sector.GBV, Service.GBV_RESPONSE, Level.NO_DATA, None, None, "", state=State.MASKED, masked=True)),
    sector(service(Sector.FOOD, Service.MEALS, Level.WATCH, 9200.0, 10350.0, "raciones")),
    sector(service(Sector.TRANSPORT, Service.TRANSPORT_SEATS, Level.NORMAL, 2000.0, 1700.0, "asientos")),
    SectorCoverage(Sector.EDUCATION, Level.NO_DATA, State.MISSING, None, ()),
)


def alert(number: int, state: AlertState, level: Level, **more: Any) -> AlertCard:
    return AlertCard(
        alert_id=number,
        rule="surge",
        subject="migration-control/arrivals",
        state=state,
        level=level,
        since=NOW - timedelta(hours=10),
        updated=NOW - timedelta(minutes=12),
        evidence={"ratio": 3.0, "observed": 4900, "expected": 1630, "hours": 12, "days": 8},
        sentence=Sentence("level.critical"),
        transitions=((NOW - timedelta(hours=10), AlertState.FIRING, "breach"),),
        **more,
    )


ALERTS = (
    alert(1, AlertState.FIRING, Level.CRITICAL, acknowledged_by="Migraciones"),
    alert(2, AlertState.NO_DATA, Level.WATCH),
    alert(3, AlertState.RECOVERING, Level.ALERT),
)
PRESSURE = Pressure(
    Level.CRITICAL,
    True,
    (
        PressureComponent("utilisation", 1.71, Level.CRITICAL, (0.8, 0.95, 1.1), "ratio"),
        PressureComponent("wait_general", 670.0, Level.CRITICAL, (60, 120, 360), "minutes"),
        PressureComponent("wait_priority", 25.0, Level.WATCH, (15, 30, 60), "minutes"),
        PressureComponent("time_to_clear", None, Level.CRITICAL, (120, 360, 720), "minutes", never=True),
        PressureComponent("waiting_over_12h", 0.0, Level.NORMAL, (0, 20, 200), "people"),
        PressureComponent("presence", None, Level.NO_DATA, (0.7, 0.9, 1.1), "ratio"),
    ),
)
NO_PRESSURE = Pressure(
    Level.NO_DATA, True, tuple(replace(p, value=None, level=Level.NO_DATA, never=False) for p in PRESSURE.components)
)


def hours() -> pd.DataFrame:
    at = [DAY.start + timedelta(hours=n) for n in range(24)]
    people: list[float | None] = [120.0 + 20 * n for n in range(19)]
    people[4] = None
    return pd.DataFrame(
        {
            "hour": times(at),
            "people": pd.Series([*people, *[None] * 5], dtype=float),
            "served": pd.Series([*[90.0 + 9 * n for n in range(19)], *[None] * 5], dtype=float),
            "usual_low": 40.0,
            "usual_mid": 55.0,
            "usual_high": 70.0,
            "provisional": [n == 18 for n in range(24)],
            "at_least": [n == 10 for n in range(24)],
            "modelled": [n < 4 for n in range(24)],
            "people_was": pd.Series([400.0 if n == 8 else None for n in range(24)], dtype=float),
            "served_was": pd.Series([None] * 24, dtype=float),
            "late": [n == 6 for n in range(24)],
            "people_soft": [n < 4 for n in range(24)],
            "served_soft": [n < 4 for n in range(24)],
        }
    )


def days() -> pd.DataFrame:
    at = [DAY.start - timedelta(days=n) for n in range(30, -1, -1)]
    entries = pd.Series([1100.0 + 60 * n for n in range(31)], dtype=float)
    entries[12] = np.nan
    method = [str(Method.REGISTERED)] * 20 + [str(Method.DERIVED)] * 5 + [str(Method.ESTIMATED)] * 6
    return pd.DataFrame(
        {
            "day": times(at),
            "entries": entries,
            "low": entries.where(pd.Series([n > 24 for n in range(31)])) * 0.9,
            "high": entries.where(pd.Series([n > 24 for n in range(31)])) * 1.1,
            "method": method,
            "state": ["missing" if n == 12 else "provisional" if n == 30 else "ok" for n in range(31)],
            "at_least": [n == 20 for n in range(31)],
            "differs": [-120.0 if n == 22 else np.nan for n in range(31)],
            "arrivals": entries * 1.1,
            "entries_was": pd.Series([900.0 if n == 15 else None for n in range(31)], dtype=float),
            "arrivals_was": pd.Series([None] * 31, dtype=float),
            "approved": ["lucia" if n < 15 else None for n in range(31)],
            "arrivals_at_least": [n == 21 for n in range(31)],
        }
    )


def history() -> pd.DataFrame:
    rows = [
        {
            "at": DAY.start + timedelta(minutes=30 * n),
            "stage": str(stage),
            "lane": str(Lane.GENERAL),
            "waiting": None if n == 7 else 80.0 + n * step,
            "counters_open": 18.0 if n > 20 else 11.0,
            "at_least": n > 30,
            "method": str(Method.ESTIMATED),
        }
        for n in range(37)
        for stage, step in ((Stage.MIGRATION_CONTROL, 78), (Stage.VACCINATION, 9), (Stage.ASYLUM_CEPR, 14))
    ]
    return pd.DataFrame(rows).astype({"at": "datetime64[us, UTC]", "waiting": float, "counters_open": float})


def like(frame: pd.DataFrame) -> pd.DataFrame:
    """The same columns and types, and no row."""
    return frame.iloc[:0]


REVISIONS = tuple(
    Revision(
        at=NOW,
        kind=kind,
        stage=str(Stage.MIGRATION_CONTROL),
        measure="arrivals",
        lane=str(Lane.GENERAL),
        source="migraciones",
        start=NOW - timedelta(hours=hours),
        end=NOW - timedelta(hours=hours - length),
        old=400.0,
        new=new,
        report_id=4,
        who="jefa-turno",
        issued_at=NOW,
        reason="<b>recuento</b>",
        masked=kind == "release",
    )
    for kind, hours, length, new in (("correction", 3, 1, 425.0), ("undo", 30, 24, None), ("release", 5, 1, None))
)
FLAG = Flag(
    "simulacro-norte",
    "0123456789ab",
    "served_over_present",
    "flow",
    "migraciones",
    {"stage": "migration-control", "measure": "served", "lane": "general"},
    DAY.start + timedelta(hours=9),
    DAY.start + timedelta(hours=10),
    {"value": 400.0, "there": 100.0, "arrived": None},
    4,
    NOW,
)
FIGURE = SourceFigure(
    "migraciones", "Migraciones", True, 3429.0, False, Method.REGISTERED, None, DAY.start, NOW, 18.0, 18.3, 60, 4, NOW
)
SOURCES = tuple(
    Reconciliation(
        Stage.MIGRATION_CONTROL,
        measure,
        DAY,
        official,
        "acta 12",
        "ana",
        NOW,
        0.1,
        (
            FIGURE,
            replace(
                FIGURE,
                source="<b>dtm</b>",
                official=False,
                value=1500.0,
                at_least=True,
                method=Method.SAMPLED,
                periods=3,
                compared=2,
                difference=-1929.0,
                difference_share=-0.5626,
                flagged=True,
            ),
            replace(FIGURE, source="acnur", official=False, value=None, method=None, first=None, last=None, as_of=None),
        ),
    )
    for measure, official in ((Measure.SERVED, "migraciones"), (Measure.ARRIVALS, None))
)
SAID = {"quantity": 300.0, "people": 280.0, "unit": "raciones", "shift": "", "start_at": "", "end_at": ""}
DUPLICATE = Duplicate(
    "simulacro-norte",
    "ba9876543210",
    "aa",
    DAY.start,
    "food",
    "meals",
    "",
    ("adra", "ADRA"),
    ("cruz-roja", "<b>Cruz</b> Roja"),
    {"first": SAID, "second": SAID},
    NOW,
)
DUPLICATES = (
    DUPLICATE,
    replace(
        DUPLICATE, flag="1", verdict="first-counts", reason="acta 3", who="ana", decided_at=NOW, onwards=True, facts={}
    ),
)


def expected(row: int, state: ReportState, covered: float = 0.0) -> Expectation:
    """One hour, so many back from NOW."""
    start = NOW.replace(minute=0) - timedelta(hours=row)
    done = None if state in (ReportState.MISSING, ReportState.PENDING) else start + timedelta(minutes=66)
    due = start + timedelta(minutes=75)
    return Expectation(start, start + timedelta(hours=1), due, Rhythm.HOURLY, state, 1.0 if done else covered, done)


LONG = tuple(
    LongReport(
        "migration-control", "served", "dtm",
        DAY.start - timedelta(days=days), DAY.start - timedelta(days=days - 7), 700.0 * days, days == 7, "estimated",
    )
    for days in (21, 7)
)  # fmt: skip
HOURLY = Cadence(Rhythm.HOURLY, DAY.start, 60, 15, (), DAY.start, "rosa", "emergencia")
DAILY = Cadence(Rhythm.DAILY, DAY.start - timedelta(days=20), 1440, 360)
REPORTING = (
    Reporting(
        "unicef",
        "service",
        Contact("UNICEF", "coordinación de niñez", "anexo 12"),
        HOURLY,
        (
            *(expected(row, ReportState.ON_TIME) for row in (9, 8, 7)),
            expected(6, ReportState.LATE),
            expected(5, ReportState.MISSING, 0.25),
            *(expected(row, ReportState.MISSING) for row in (4, 3, 2)),
            *(expected(row, ReportState.PENDING) for row in (1, 0)),
        ),
        NOW - timedelta(hours=6),
        NOW - timedelta(hours=7),
        NOW - timedelta(hours=4),
        NOW - timedelta(hours=3),
    ),
    Reporting(
        "migraciones",
        "flow",
        Contact("Migraciones"),
        DAILY,
        (
            Expectation(
                DAY.start - timedelta(days=1), DAY.start, DAY.start + timedelta(hours=6),
                Rhythm.DAILY, ReportState.ON_TIME, 1.0, DAY.start + timedelta(hours=1),
            ),
        ),
        NOW - timedelta(minutes=9),
        NOW - timedelta(minutes=20),
        NOW + timedelta(hours=8),
        NOW + timedelta(hours=32),
    ),
    Reporting("dtm", "flow", Contact(), None, (), NOW - timedelta(days=1)),
)  # fmt: skip
DELIVERIES = (
    Delivery(4, "migraciones", "Migraciones", "flow", "flujo.csv", NOW, NOW, 96, 96, 0, "accepted", "ab" * 32),
    Delivery(3, "unicef", "UNICEF", "service", "servicios.xlsx", NOW, NOW, 40, 37, 3, "partial", "cd" * 32),
    Delivery(
        2,
        "unicef",
        None,
        "service",
        "<b>raro</b>.xlsx",
        NOW,
        NOW,
        0,
        0,
        0,
        "refused",
        "ef" * 32,
        (
            Issue(None, None, "empty_file", {"filename": "<b>raro</b>.xlsx"}),
            Issue(12, "people", "negative_count", {"column": "people", "value": -4}),
        ),
    ),
    Delivery(1, "unicef", "UNICEF", "service", "servicios.csv", NOW, NOW, 10, 10, 0, "undone", "01" * 32),
)


AHEAD: dict[str, Any] = {
    "needs": Needs(
        30,
        0.8,
        tuple(
            HourNeed(NOW + timedelta(hours=n), 60 - 4 * n, "too-few" if n < 8 else "backlog", 900.0, 120.0, 24)
            for n in range(12)
        ),
        "forecast",
        24,
        30,
        12.9,
    ),
    "kept": PlanKept(((DAY.start, 24), (NOW - timedelta(hours=4), 30)), 720.0, 240.0, 6, NOW - timedelta(hours=4)),
    "expected": ExpectedQueue(
        tuple(
            ExpectedHour(NOW + timedelta(hours=n), 2940.0 - 90 * n, 2940.0 + 40 * n, 2940.0 + 160 * n)
            for n in range(13)
        ),
        "plan",
    ),
}


def feed(name: str, kind: str, standing: FeedStanding, **more: Any) -> FeedState:
    told: dict[str, Any] = {
        **{"source": "migraciones", "dataset": "flow", "every_seconds": 900, "paused": False, "failures": 0},
        **{"succeeded_at": NOW - timedelta(hours=1), "failed_at": None, "error": None, "error_facts": {}},
        **{"next_at": NOW + timedelta(minutes=5), "last_report": 4, "submissions": 12, "tried_at": NOW},
    }
    return FeedState(name=name, kind=kind, standing=standing, **{**told, **more})


FEEDS = (
    feed(
        "tumbes-kobo",
        "kobo",
        FeedStanding.FAILING,
        failed_at=NOW - timedelta(minutes=40),
        failures=3,
        error="unauthorised",
        error_facts={"host": "kf.<b>kobo</b>.example", "status": 401},
    ),
    feed("consolidado", "sql", FeedStanding.UNREAD, next_at=NOW - timedelta(hours=2)),
    feed("tumbes-odk", "odk", FeedStanding.SILENT, organisation="Migraciones"),
    feed("avisos", "push", FeedStanding.WAITING, every_seconds=None, next_at=None, last_report=None, submissions=0),
    feed("llegadas", "kobo", FeedStanding.FINE, tried_at=NOW, succeeded_at=NOW),
    feed("viejo", "kobo", FeedStanding.PAUSED, paused=True, tried_at=None, succeeded_at=None),
)


def models(language: Language = Language.ES, empty: bool = False) -> dict[str, Any]:
    """By the name a page reads under."""
    here = frame(language, version=0 if empty else 7)
    kpis = EMPTY_KPIS if empty else FULL_KPIS
    events = () if empty else (EVENT,)
    alerts = () if empty else ALERTS
    day_curves = no_curves() if empty else curves()
    pressure = NO_PRESSURE if empty else PRESSURE
    told = Sentence("level.no-data" if empty else "level.critical")
    stations = () if empty else STATIONS
    sectors = () if empty else SECTORS
    return {
        "situation": SituationModel(here, pressure, told, kpis, day_curves, stations, sectors, alerts, events),
        "flow": FlowModel(
            here,
            kpis,
            day_curves,
            like(hours()) if empty else hours(),
            like(days()) if empty else days(),
            events,
            alerts,
            () if empty else SOURCES,
            () if empty else (FLAG,),
            () if empty else LONG,
            () if empty else REVISIONS,
            window=DAY,
            comparison=Comparison("yesterday", trouble="nothing-reported", day=DAY) if empty else COMPARISON,
            breakdown=replace(BREAKDOWN, days=BREAKDOWN.days[1:2]) if empty else BREAKDOWN,
            presence=replace(PRESENT, counts=(), path=PRESENT.path[:0]) if empty else PRESENT,
        ),
        "queue": QueueModel(
            *(here, kpis, pressure, stations, like(history()) if empty else history(), told, events),
            **({} if empty else AHEAD),
        ),
        "coverage": CoverageModel(here, kpis, sectors, DAY, () if empty else DUPLICATES),
        "alerts": AlertsModel(here, kpis, alerts, (), None if empty else NOW),
        "reports": ReportsModel(
            here,
            kpis,
            () if empty else DELIVERIES,
            () if empty else REPORTING,
            () if empty else (FLAG,),
            () if empty else DUPLICATES,
            {} if empty else {4: REVISIONS},
            () if empty else FEEDS,
        ),
    }
