"""The words of the centre. One row here is one word everywhere: store, pages, files, locale keys."""

from __future__ import annotations

from enum import StrEnum


class Dataset(StrEnum):
    """The canonical files; each has a row in `data.sources.canonical.DATASETS`."""

    FLOW = "flow"
    QUEUE = "queue"
    ROSTER = "roster"
    SERVICE = "service"
    STOCK = "stock"
    RESOURCE = "resource"
    REFERRAL = "referral"
    PRESENT = "present"
    EVENT = "event"


class Measure(StrEnum):
    ARRIVALS = "arrivals"
    SERVED = "served"
    LEFT = "left"
    EXITS = "exits"
    ONWARD = "onward"


# What one source is official for. People in the centre are counted by several institutions too.
PRESENT = "present"
OFFICIAL_FOR = (*Measure, PRESENT)


class Stage(StrEnum):
    """Stages of the path through a centre. A site lists the ones it has, in order."""

    VACCINATION = "vaccination"
    MIGRATION_CONTROL = "migration-control"
    ASYLUM_CEPR = "asylum-cepr"
    CHILD_PROTECTION_UPE = "child-protection-upe"
    SERVICES = "services"
    TRANSPORT = "transport"


class Lane(StrEnum):
    GENERAL = "general"
    PRIORITY = "priority"


# In place of a lane: everybody, whichever lane they took.
EVERY_LANE = "every"


class Method(StrEnum):
    """How a number came to be; never dropped on the way to a screen."""

    REGISTERED = "registered"
    COUNTED = "counted"
    SAMPLED = "sampled"
    ESTIMATED = "estimated"
    DERIVED = "derived"
    MODELLED = "modelled"


# Drawn dashed or pale: nobody counted these people one by one.
SOFT_METHODS = frozenset({Method.ESTIMATED, Method.MODELLED})


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNCLASSIFIED = "unclassified"


class AgeBand(StrEnum):
    AGE_0_4 = "0-4"
    AGE_5_11 = "5-11"
    AGE_12_17 = "12-17"
    AGE_18_59 = "18-59"
    AGE_60_UP = "60+"
    AGE_UNDER_18 = "0-17"
    AGE_18_UP = "18+"
    UNCLASSIFIED = "unclassified"


class Category(StrEnum):
    """Flow categories (feature F4)."""

    MIGRATORY_STAMP = "migratory-stamp"
    ASYLUM_CLAIM = "asylum-claim"
    HUMANITARIAN_VISA = "humanitarian-visa"
    REFUSED = "refused"
    TRANSIT = "transit"
    UNCLASSIFIED = "unclassified"


# By what people can be told apart: columns of a flow line.
DIMENSIONS = ("category", "sex", "age_band", "nationality")
# Two of them crossed: a part is "female|5-11".
PYRAMID = "sex_age"
TOLD_BY = (*DIMENSIONS, PYRAMID)
# The five age bands of a pyramid, the youngest first.
PYRAMID_BANDS = (AgeBand.AGE_0_4, AgeBand.AGE_5_11, AgeBand.AGE_12_17, AgeBand.AGE_18_59, AgeBand.AGE_60_UP)


class Need(StrEnum):
    """Specific needs by the groups of UNHCR's standard codes, each under its code; the last three are ours."""

    CHILD_AT_RISK = "CR"
    UNACCOMPANIED_CHILD = "SC"
    WOMAN_AT_RISK = "WR"
    OLDER_PERSON = "ER"
    SINGLE_PARENT = "SP"
    DISABILITY = "DS"
    MEDICAL = "SM"
    FAMILY_UNITY = "FU"
    LEGAL = "LP"
    VIOLENCE = "SV"
    TORTURE = "TR"
    PREGNANT = "pregnant"
    TRAFFICKING = "trafficking"
    UNLISTED = "unlisted"  # whatever else was written: it counts, its words are not shown


# Never told below a whole week and the whole site, to nobody (feature P6).
WITHHELD_NEEDS = (Need.VIOLENCE, Need.TORTURE, Need.TRAFFICKING)
# Told as a number only to those who protect children (feature P4).
COUNTED_FOR_PROTECTION = (Need.UNACCOMPANIED_CHILD,)


class Priority(StrEnum):
    """How urgent a referral is; each has its time limit in `data.referral_words`."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class RuleKind(StrEnum):
    """What an alert rule looks at."""

    SURGE = "surge"
    COLLAPSE = "collapse"
    THRESHOLD = "threshold"
    PERCENT = "percent"
    PRESSURE = "pressure"
    COVERAGE_GAP = "coverage_gap"
    STOCK_OUT = "stock_out"
    SOURCE_SILENT = "source_silent"
    COMPOSITE = "composite"
    OVERDUE_TASK = "overdue_task"
    OVERDUE_REQUEST = "overdue_request"


class Sector(StrEnum):
    """RMRP 2023-24 sectors plus the local lines of the founding document."""

    EDUCATION = "education"
    FOOD = "food"
    HEALTH = "health"
    TRANSPORT = "transport"
    INTEGRATION = "integration"
    NUTRITION = "nutrition"
    PROTECTION = "protection"
    CHILD_PROTECTION = "child-protection"
    GBV = "gbv"
    TRAFFICKING = "trafficking"
    SHELTER = "shelter"
    WASH = "wash"
    CONNECTIVITY = "connectivity"
    ORDER = "order"


class State(StrEnum):
    """State of one shown number (`data-state`)."""

    OK = "ok"
    PROVISIONAL = "provisional"
    STALE = "stale"
    MISSING = "missing"
    MASKED = "masked"
    NEVER = "never"


class Level(StrEnum):
    """Pressure level, in rising order; `NO_DATA` stands outside the order."""

    NORMAL = "normal"
    WATCH = "watch"
    ALERT = "alert"
    CRITICAL = "critical"
    NO_DATA = "no-data"


LEVEL_ORDER = (Level.NORMAL, Level.WATCH, Level.ALERT, Level.CRITICAL)


class AlertState(StrEnum):
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    NO_DATA = "no-data"
    ERROR = "error"


class Assessment(StrEnum):
    """What somebody who looked into an alert came to. `DISCARD`: it was a false alarm."""

    DISCARD = "discard"
    WATCH = "watch"
    ASSESS = "assess"
    RESPOND = "respond"


class NoticeKind(StrEnum):
    """Why people are told of an alert, or of several at once."""

    OPENED = "opened"  # new, or graver than what was told of it
    OVER = "over"
    ESCALATED = "escalated"  # nobody took it
    DEADLINE = "deadline"  # somebody took it, and the time they gave themselves is over
    GREW = "grew"  # more than what was told of it, at the same level
    AGAIN = "again"  # as grave as what was told of it, after a while of less
    STILL_ON = "still-on"  # a silence is over, the alert is not
    ASKED = "asked"  # of no alert: somebody asked about a figure
    ANSWERED = "answered"


# Why people are told something that is no alert.
OF_QUESTIONS = (NoticeKind.ASKED, NoticeKind.ANSWERED)


class QuestionState(StrEnum):
    """How a question about a figure stands."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Fate(StrEnum):
    """What became of a notice on one channel."""

    WAITING = "waiting"
    FAILING = "failing"  # tried in vain, and tried again
    SENT = "sent"
    UNDELIVERED = "undelivered"  # given up
    BLOCKED = "blocked"  # a replay or a drill, of which this channel is not to hear


class TaskState(StrEnum):
    """How a task of the contingency plan stands."""

    OPEN = "open"
    UNDER_WAY = "under-way"
    DONE = "done"
    BLOCKED = "blocked"
    NOT_APPLICABLE = "not-applicable"


class PlanMove(StrEnum):
    """What somebody did with the level of the contingency plan that is in force."""

    ACTIVATED = "activated"
    RAISED = "raised"
    LOWERED = "lowered"
    ENDED = "ended"


class RequestState(StrEnum):
    """How a request of one institution to the others stands."""

    OPEN = "open"
    OFFERED = "offered"  # somebody offers all of it, or a part
    CONFIRMED = "confirmed"  # who asked has taken offers for all of it
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class RequestMove(StrEnum):
    """What somebody did about a request after it was opened."""

    OFFERED = "offered"
    RETRACTED = "retracted"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class ResourceGroup(StrEnum):
    """What kind of thing a reported resource is; every kind that no word places is `OTHER`."""

    STAFF = "staff"
    COUNTERS = "counters"
    TENTS = "tents"
    VEHICLES = "vehicles"
    STOCK = "stock"
    OTHER = "other"


class Rhythm(StrEnum):
    """How often somebody reports, the slowest first; `NONE`: no longer."""

    MONTHLY = "monthly"
    WEEKLY = "weekly"
    DAILY = "daily"
    SHIFT = "shift"
    HOURLY = "hourly"
    MINUTES = "minutes"
    NONE = "none"


class ReportState(StrEnum):
    """What became of one expected report."""

    ON_TIME = "on-time"
    LATE = "late"
    MISSING = "missing"
    PENDING = "pending"


class FeedStanding(StrEnum):
    """How a feed stands, the worst first: whether somebody has to look after it, and why."""

    FAILING = "failing"  # its last try failed
    UNREAD = "unread"  # it was due, and no worker reads it
    REFUSED = "refused"  # read well, and no row of its last delivery could be accepted
    SILENT = "silent"  # read well, but what was agreed of its source does not come
    WAITING = "waiting"  # nothing was ever read or sent
    FINE = "fine"
    PAUSED = "paused"


class SiteKind(StrEnum):
    """What a site's history is. Everything but `REAL` is marked on every screen and file."""

    REAL = "real"
    RECONSTRUCTION = "reconstruction"
    SIMULATION = "simulation"


class Phase(StrEnum):
    """Of an emergency: which standards hold."""

    EMERGENCY = "emergency"
    STABILISED = "stabilised"


class Stay(StrEnum):
    """How long people stay at a place: some standards ask less of those who pass in hours."""

    DAY_OR_MORE = "a-day-or-more"
    UNDER_A_DAY = "under-a-day"


class Role(StrEnum):
    SCREEN = "screen"
    LEADERSHIP = "leadership"
    PARTNER = "partner"
    SECTOR_LEAD = "sector-lead"
    PROTECTION = "protection"
    COORDINATION = "coordination"
    ADMIN = "admin"


class Audience(StrEnum):
    OPEN = "open"
    PROTECTION = "protection"


class Language(StrEnum):
    ES = "es"
    EN = "en"


class Look(StrEnum):
    DARK = "dark"
    LIGHT = "light"


class KpiName(StrEnum):
    ENTRIES_TODAY = "entries_today"
    ARRIVALS_TODAY = "arrivals_today"
    ARRIVALS_LAST_HOUR = "arrivals_last_hour"
    ARRIVALS_EXPECTED_TODAY = "arrivals_expected_today"
    PRESENT = "present"
    QUEUE_LEN = "queue_len"
    WAIT_MINUTES = "wait_minutes"
    TIME_TO_CLEAR_MINUTES = "time_to_clear_minutes"
    PRESSURE_LEVEL = "pressure_level"
    COVERAGE_WORST_SECTOR = "coverage_worst_sector"
    ALERTS_OPEN = "alerts_open"
    REPORTS_MISSING = "reports_missing"
    CONFIDENCE = "confidence"


class Service(StrEnum):
    """Services a coverage line can name. Each has a sector in `SERVICE_SECTOR`."""

    WATER = "water"
    LATRINES = "latrines"
    SHOWERS = "showers"
    TAPS = "taps"
    HANDPUMPS = "handpumps"
    HYGIENE_PROMOTERS = "hygiene-promoters"
    HYGIENE_KITS = "hygiene-kits"
    MEALS = "meals"
    SHELTER_PLACES = "shelter-places"
    HEALTH_SCREENING = "health-screening"
    MEDICAL_ATTENTION = "medical-attention"
    VACCINATION = "vaccination"
    DOCTORS = "doctors"
    NURSES = "nurses"
    HEALTH_POSTS = "health-posts"
    BEDS = "beds"
    NUTRITION_SCREENING = "nutrition-screening"
    PSYCHOSOCIAL = "psychosocial"
    LEGAL_ORIENTATION = "legal-orientation"
    CHILD_FRIENDLY_SPACE = "child-friendly-space"
    GBV_RESPONSE = "gbv-response"
    TRAFFICKING_RESPONSE = "trafficking-response"
    TRANSPORT_SEATS = "transport-seats"
    CONNECTIVITY = "connectivity"
    EDUCATION_SPACE = "education-space"
    INFORMATION = "information"
    INTEGRATION_SUPPORT = "integration-support"
    CROWD_ORDER = "crowd-order"
    OTHER = "other"


SERVICE_SECTOR: dict[Service, Sector | None] = {
    Service.WATER: Sector.WASH,
    Service.LATRINES: Sector.WASH,
    Service.SHOWERS: Sector.WASH,
    Service.TAPS: Sector.WASH,
    Service.HANDPUMPS: Sector.WASH,
    Service.HYGIENE_PROMOTERS: Sector.WASH,
    Service.HYGIENE_KITS: Sector.WASH,
    Service.MEALS: Sector.FOOD,
    Service.SHELTER_PLACES: Sector.SHELTER,
    Service.HEALTH_SCREENING: Sector.HEALTH,
    Service.MEDICAL_ATTENTION: Sector.HEALTH,
    Service.VACCINATION: Sector.HEALTH,
    Service.DOCTORS: Sector.HEALTH,
    Service.NURSES: Sector.HEALTH,
    Service.HEALTH_POSTS: Sector.HEALTH,
    Service.BEDS: Sector.HEALTH,
    Service.NUTRITION_SCREENING: Sector.NUTRITION,
    Service.PSYCHOSOCIAL: Sector.HEALTH,
    Service.LEGAL_ORIENTATION: Sector.PROTECTION,
    Service.CHILD_FRIENDLY_SPACE: Sector.CHILD_PROTECTION,
    Service.GBV_RESPONSE: Sector.GBV,
    Service.TRAFFICKING_RESPONSE: Sector.TRAFFICKING,
    Service.TRANSPORT_SEATS: Sector.TRANSPORT,
    Service.CONNECTIVITY: Sector.CONNECTIVITY,
    Service.EDUCATION_SPACE: Sector.EDUCATION,
    Service.INFORMATION: Sector.PROTECTION,
    Service.INTEGRATION_SUPPORT: Sector.INTEGRATION,
    Service.CROWD_ORDER: Sector.ORDER,
    Service.OTHER: None,  # belongs to whatever sector its line names
}

# The alert of a site that cannot be read: no rule of a site has its name.
NOT_EVALUATED = "evaluation"
