"""The canonical files: for each dataset its columns, and what each may hold. One row here is one column everywhere.

The explanation a reporter reads stands in the locale files under `dataset.<dataset>.<column>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.vocabulary import AgeBand, Category, Dataset, Lane, Measure, Method, Sector, Service, Sex, Stage

# What a column holds decides how it is read and checked (`data.validate`).
SITE, WORD, TEXT, MOMENT, MINUTES = "site", "word", "text", "moment", "minutes"
PEOPLE, COUNT, AMOUNT, FLAG, COUNTRY = "people", "count", "amount", "flag", "country"

MOST_PEOPLE = 1_000_000  # in one row; the largest day ever published for CEBAF Tumbes is under 10,000
MOST_COUNTERS = 1_000
MOST_TICKETS = 10_000_000
MOST_WAIT_MINUTES = 30 * 24 * 60
MOST_AMOUNT = 1e9
LONGEST_TEXT = 160
SHORTEST_PROSE = 200


BREAKDOWNS = ("nationality", "need")  # in the partner's own words


@dataclass(frozen=True)
class Column:
    name: str
    holds: str
    example: str
    required: bool = False
    words: type[StrEnum] | None = None
    most: float | None = None
    default: str = ""  # what an empty cell means, where it means something
    reports: bool = False  # a row whose reporting columns are all empty is no report
    may_be_empty: bool = False  # its column must stand in the file, its cells may be empty
    key: bool = False  # part of the natural key
    tag: str = ""  # HXL

    @property
    def has_total(self) -> bool:
        """It breaks a figure down: empty is the total."""
        return self.key and not self.required and (self.holds == WORD or self.name in BREAKDOWNS) and not self.default

    @property
    def is_prose(self) -> bool:
        """Free text, in which somebody may have written about a person."""
        return self.holds == TEXT and (self.most or LONGEST_TEXT) >= SHORTEST_PROSE


@dataclass(frozen=True)
class DatasetSpec:
    dataset: Dataset
    columns: tuple[Column, ...]
    may_be_future: bool = False  # plans and announcements speak of days to come

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)


_SITE = Column("site", SITE, "cebaf-tumbes", required=True, key=True, tag="#loc+site")
_STAGE = Column("stage", WORD, "migration-control", required=True, words=Stage, key=True, tag="#loc+stage")
_LANE = Column("lane", WORD, "general", words=Lane, default="general", key=True, tag="#meta+lane")
_START = Column("start", MOMENT, "2018-10-31T14:00", required=True, key=True, tag="#date+start")
_END = Column("end", MOMENT, "2018-10-31T15:00", required=True, key=True, tag="#date+end")
_AT = Column("at", MOMENT, "2018-10-31T14:00", required=True, key=True, tag="#date+at")
_ISSUED = Column("issued_at", MOMENT, "2018-10-31T18:30", tag="#date+issued")
_REASON = Column("reason", TEXT, "faltaba una hoja del cuaderno", most=1000, tag="#meta+reason")
_SEX = Column("sex", WORD, "female", words=Sex, key=True, tag="#meta+sex")
_AGE = Column("age_band", WORD, "0-17", words=AgeBand, key=True, tag="#meta+age")
_METHOD = Column("method", WORD, "counted", words=Method, default="counted", tag="#meta+method")
_AT_LEAST = Column("at_least", FLAG, "false", default="false", tag="#meta+lowerbound")
_ORGANISATION = Column("organisation", TEXT, "Cruz Roja Peruana", required=True, key=True, tag="#org+impl")


def _spec(dataset: Dataset, *columns: Column, may_be_future: bool = False) -> DatasetSpec:
    return DatasetSpec(dataset, columns, may_be_future)


DATASETS: dict[Dataset, DatasetSpec] = {
    spec.dataset: spec
    for spec in (
        _spec(
            Dataset.FLOW,
            _SITE,
            _STAGE,
            Column("measure", WORD, "served", required=True, words=Measure, key=True, tag="#indicator+measure"),
            _START,
            Column("minutes", MINUTES, "60", required=True, tag="#meta+minutes"),
            Column("people", PEOPLE, "312", required=True, most=MOST_PEOPLE, reports=True, tag="#affected"),
            Column("end", MOMENT, "2018-10-31T15:00", key=True, tag="#date+end"),
            _LANE,
            Column("category", WORD, "asylum-claim", words=Category, key=True, tag="#meta+category"),
            _SEX,
            _AGE,
            Column("nationality", TEXT, "VE", most=40, key=True, tag="#meta+nationality"),
            Column("country", COUNTRY, "PE", tag="#country+code"),
            _METHOD,
            _AT_LEAST,
            Column("low", AMOUNT, "8000", most=MOST_PEOPLE, tag="#affected+low"),
            Column("high", AMOUNT, "9612", most=MOST_PEOPLE, tag="#affected+high"),
            _ISSUED,
            _REASON,
        ),
        _spec(
            Dataset.QUEUE,
            _SITE,
            _STAGE,
            _AT,
            Column(
                "waiting",
                PEOPLE,
                "240",
                required=True,
                most=MOST_PEOPLE,
                reports=True,
                may_be_empty=True,
                tag="#affected+waiting",
            ),
            Column(
                "counters_open",
                COUNT,
                "11",
                required=True,
                most=MOST_COUNTERS,
                reports=True,
                may_be_empty=True,
                tag="#capacity+open",
            ),
            _LANE,
            Column("counters_total", COUNT, "30", most=MOST_COUNTERS, reports=True, tag="#capacity+total"),
            Column("ticket_issued", COUNT, "1850", most=MOST_TICKETS, reports=True, tag="#output+issued"),
            Column("ticket_served", COUNT, "1610", most=MOST_TICKETS, reports=True, tag="#output+served"),
            Column("wait_minutes", AMOUNT, "95", most=MOST_WAIT_MINUTES, reports=True, tag="#indicator+wait+minutes"),
            _AT_LEAST,
            _METHOD,
            _ISSUED,
            _REASON,
        ),
        _spec(
            Dataset.ROSTER,
            _SITE,
            _STAGE,
            _START,
            _END,
            Column(
                "counters_planned", COUNT, "18", required=True, most=MOST_COUNTERS, reports=True, tag="#capacity+plan"
            ),
            _LANE,
            _ISSUED,
            _REASON,
            may_be_future=True,
        ),
        _spec(
            Dataset.SERVICE,
            _SITE,
            _ORGANISATION,
            Column("sector", WORD, "wash", required=True, words=Sector, key=True, tag="#sector"),
            Column("service", WORD, "water", required=True, words=Service, key=True, tag="#service"),
            _START,
            _END,
            Column("shift", TEXT, "mañana", most=40, key=True, tag="#meta+shift"),
            Column("quantity", AMOUNT, "4500", most=MOST_AMOUNT, reports=True, tag="#output+quantity"),
            Column("unit", TEXT, "litros", most=60, key=True, tag="#output+unit"),
            Column("people", PEOPLE, "310", most=MOST_PEOPLE, reports=True, tag="#reached"),
            _SEX,
            _AGE,
            Column("need", TEXT, "gestantes", most=60, key=True, tag="#meta+need"),
            Column("capacity", AMOUNT, "6000", most=MOST_AMOUNT, reports=True, tag="#capacity"),
            Column("activity", TEXT, "Reparto de agua en la cola", most=2000, key=True, tag="#activity"),
            Column("place", TEXT, "Patio norte", most=200, key=True, tag="#loc+place"),
            _ISSUED,
            _REASON,
        ),
        _spec(
            Dataset.STOCK,
            _SITE,
            _ORGANISATION,
            Column("item", TEXT, "kits de higiene", most=120, required=True, key=True, tag="#item"),
            _AT,
            Column("quantity", AMOUNT, "800", required=True, most=MOST_AMOUNT, reports=True, tag="#output+quantity"),
            Column("unit", TEXT, "kits", most=60, required=True, key=True, tag="#output+unit"),
            _ISSUED,
            _REASON,
        ),
        _spec(
            Dataset.RESOURCE,
            _SITE,
            _ORGANISATION,
            Column("kind", TEXT, "ambulancia", most=120, required=True, key=True, tag="#capacity+kind"),
            _AT,
            Column("quantity", AMOUNT, "2", required=True, most=MOST_AMOUNT, reports=True, tag="#capacity+quantity"),
            Column("state", TEXT, "operativa", most=40, required=True, key=True, tag="#status"),
            Column("available", AMOUNT, "1", most=MOST_AMOUNT, tag="#capacity+available"),
            Column("place", TEXT, "Patio norte", most=200, key=True, tag="#loc+place"),
            _ISSUED,
            _REASON,
        ),
        _spec(
            Dataset.REFERRAL,
            _SITE,
            _START,
            _END,
            Column("pathway", TEXT, "NNA no acompañados", most=120, required=True, key=True, tag="#service+pathway"),
            Column("need", TEXT, "tutela", most=60, required=True, key=True, tag="#meta+need"),
            Column("from_organisation", TEXT, "UNICEF", required=True, key=True, tag="#org+from"),
            Column("to_institution", TEXT, "UPE", required=True, key=True, tag="#org+to"),
            Column("priority", TEXT, "alta", most=20, required=True, key=True, tag="#severity"),
            Column("referred", COUNT, "7", required=True, most=MOST_PEOPLE, reports=True, tag="#reached+referred"),
            Column("accepted", COUNT, "6", most=MOST_PEOPLE, reports=True, tag="#reached+accepted"),
            Column("closed", COUNT, "4", most=MOST_PEOPLE, reports=True, tag="#reached+closed"),
            Column("overdue", COUNT, "1", most=MOST_PEOPLE, reports=True, tag="#reached+overdue"),
            _ISSUED,
            _REASON,
        ),
        _spec(
            Dataset.PRESENT,
            _SITE,
            _AT,
            Column("people", PEOPLE, "1250", required=True, most=MOST_PEOPLE, reports=True, tag="#affected+present"),
            Column("safe_capacity", COUNT, "200", most=MOST_PEOPLE, tag="#capacity+safe"),
            _AT_LEAST,
            _METHOD,
            _ISSUED,
            _REASON,
        ),
        _spec(
            Dataset.EVENT,
            _SITE,
            _AT,
            Column(
                "title_es",
                TEXT,
                "Vence el plazo del PTP",
                most=500,
                required=True,
                reports=True,
                key=True,
                tag="#event+es",
            ),
            Column("title_en", TEXT, "PTP deadline", most=500, required=True, reports=True, tag="#event+en"),
            Column("country", COUNTRY, "PE", tag="#country+code"),
            Column("kind", TEXT, "policy", most=40, default="policy", tag="#event+type"),
            Column("source_url", TEXT, "https://www.gob.pe/migraciones", most=1000, tag="#meta+url"),
            _ISSUED,
            _REASON,
            may_be_future=True,
        ),
    )
}
