"""The alert desk: taken, verified, silenced, escalated and told, each once, and all of it as it was at any moment."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from data import alerts
from data.alert_acts import NotToldYet, WrongAct
from data.alert_book import card, open_alerts
from data.alert_history import Wanted, alert_spans, desk_figures, history
from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Rule
from data.channels import add_channel
from data.places import site as site_named
from data.silences import end_silence, silence_until, silence_weekly, silenced_by, silences
from data.sites import WrongSiteFile, add_site, load_site
from data.store import reading, writing
from data.tables import notice, notice_alert, outbox
from data.tellings import marked
from data.types import AlertCard, Channel, Window
from data.vocabulary import Assessment, Language, Level
from layouts.alert_words import act_words, untaken_line
from layouts.translator import translator
from tests.data.desk import acknowledge, assess
from tests.data.post import NOON, SITE, open_post

MINUTE = timedelta(minutes=1)
CALM, BREACH = Seen.CLEAR, Seen.BREACH


class Post:
    """A post whose rules see what a test says, minute by minute; the real clock runs with the domain's."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self._patch = engine, monkeypatch
        self.now = NOON
        self.seen: dict[str, Seen] = {}
        self.level = Level.CRITICAL
        self.grown = 0
        self.holds_level = False
        self.patience = Patience(recovering=timedelta(minutes=10))

    def sees(self, **seen: Seen) -> Post:
        self.seen.update(seen)
        return self

    def minute(self, minutes: int = 1) -> None:
        """The rules look at the first and the last minutes of a long wait, and now and then between."""
        for passed in range(minutes):
            if passed % 7 == 0 or passed >= minutes - 2:
                self.evaluate()
            self.now += MINUTE

    def evaluate(self) -> None:
        def rule(name: str) -> Rule:
            facts = {"told": name, "grown": self.grown}
            finding = Finding("x", self.seen[name], self.level, facts, holds_level=self.holds_level)
            return Rule(name, lambda recent: (finding,), self.patience)

        self._patch.setattr(alerts, "RULES", tuple(rule(name) for name in self.seen))
        alerts.evaluate(self.engine, "norte", self.now, self.now, "one")

    @property
    def open(self) -> tuple[AlertCard, ...]:
        with reading(self.engine) as conn:
            site = site_named(conn, "norte")
            return marked(conn, site, open_alerts(conn, "norte"), self.now)

    def notices(self) -> list[tuple[str, int, int]]:
        """Kind, step of the escalation, number of alerts, in the order in which they were written."""
        n, a = notice.c, notice_alert.c
        with reading(self.engine) as conn:
            held = Counter(conn.execute(select(a.notice_id)).scalars())
            rows = conn.execute(select(n.notice_id, n.kind, n.step).order_by(n.notice_id)).all()
        return [(row.kind, row.step, held[row.notice_id]) for row in rows]

    def channel(self, name: str, step: int = 0, least: Level = Level.WATCH) -> None:
        with writing(self.engine) as conn:
            way = Channel("norte", name, "json", "json://example.org", Language.ES, least, step, True)
            add_channel(conn, way, NOON, "prueba")

    def told(self, name: str) -> list[str]:
        o, n = outbox.c, notice.c
        with reading(self.engine) as conn:
            to = select(n.kind).join(outbox, o.notice_id == n.notice_id).where(o.channel == name)
            return list(conn.execute(to.order_by(n.notice_id)).scalars())


@pytest.fixture
def post(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Post:
    open_post(engine)
    return Post(engine, monkeypatch)


@pytest.fixture
def any_post(any_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Post:
    """For what the two stores could take differently."""
    open_post(any_engine)
    return Post(any_engine, monkeypatch)


def hush(post: Post, minutes: int, rule: str | None = "a", subject: str | None = None) -> int:
    with writing(post.engine) as conn:
        site = site_named(conn, "norte")
        return silence_until(conn, site, rule, subject, "relevo", "Rosa", post.now + minutes * MINUTE, post.now)


def test_who_took_it_stands_there_until_it_is_over(post: Post):
    post.sees(a=BREACH).minute()
    [one] = post.open
    acknowledge(post.engine, one.alert_id, "Rosa", "llamé", post.now, owner="DIRESA", deadline=post.now + 30 * MINUTE)
    post.sees(a=CALM).minute(5)
    [one] = post.open
    assert one.taken is not None
    assert (one.taken.by, one.taken.owner, one.taken.note) == ("Rosa", "DIRESA", "llamé")
    assert not one.taken.overdue
    acknowledge(post.engine, one.alert_id, "Luis", "", post.now)
    [one] = post.open
    assert (one.acknowledged_by, one.taken and one.taken.owner) == ("Luis", "Luis")


def test_a_deadline_that_passes_is_told_once_and_stays_on_the_alert(post: Post):
    post.sees(a=BREACH).minute()
    acknowledge(post.engine, post.open[0].alert_id, "Rosa", "", post.now, deadline=post.now + 10 * MINUTE)
    post.minute(10)
    assert not post.open[0].taken.overdue
    post.minute(20)
    assert post.open[0].taken.overdue
    assert [kind for kind, _, _ in post.notices()] == ["opened", "deadline"]
    acknowledge(post.engine, post.open[0].alert_id, "Rosa", "sigo", post.now, deadline=post.now + 10 * MINUTE)
    assert not post.open[0].taken.overdue


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"by": "  ", "note": ""}, "no_name"),
        ({"by": "Rosa", "note": "", "deadline": NOON - MINUTE}, "deadline"),
        ({"by": "Rosa", "note": "", "deadline": NOON + timedelta(days=8)}, "deadline"),
    ],
)
def test_what_is_missing_to_take_an_alert_is_said(post: Post, said: dict, code: str):
    post.sees(a=BREACH).minute()
    with pytest.raises(WrongAct) as wrong:
        acknowledge(post.engine, post.open[0].alert_id, now=post.now, **said)
    assert wrong.value.code == code
    assert post.open[0].taken is None


def test_a_pending_alert_cannot_be_taken_yet(post: Post):
    post.patience = Patience(pending=timedelta(minutes=5))
    post.sees(a=BREACH).minute()
    with pytest.raises(NotToldYet):
        acknowledge(post.engine, 1, "Rosa", "", post.now)
    assert post.notices() == []


def test_every_alert_can_end_with_an_outcome_even_after_it_is_over(post: Post):
    post.sees(a=BREACH).minute()
    number = post.open[0].alert_id
    with pytest.raises(WrongAct, match="no_note"):
        assess(post.engine, number, "discard", "Rosa", " ", post.now)
    with pytest.raises(WrongAct, match="outcome"):
        assess(post.engine, number, "shrug", "Rosa", "nada", post.now)
    assess(post.engine, number, "watch", "Rosa", "rumor de cierre", post.now)
    post.sees(a=CALM).minute(15)
    assert post.open == ()
    ended = post.now
    over = assess(post.engine, number, "discard", "Luis", "no hubo cierre", ended + 60 * MINUTE)
    assert over.assessed is not None
    assert (over.assessed.outcome, over.assessed.by) == (Assessment.DISCARD, "Luis")
    assert over.ended_at is not None
    assert over.ended_at < ended, "what was found out later does not make the alert longer"


def test_the_desk_tells_how_fast_it_is_and_how_often_it_was_wrong(post: Post):
    post.sees(a=BREACH, b=BREACH, c=BREACH).minute()
    one, two, _ = sorted(post.open, key=lambda card: card.alert_id)
    acknowledge(post.engine, one.alert_id, "Rosa", "", NOON + 4 * MINUTE)
    acknowledge(post.engine, two.alert_id, "Rosa", "", NOON + 8 * MINUTE)
    assess(post.engine, one.alert_id, "discard", "Rosa", "falsa", NOON + 20 * MINUTE)
    assess(post.engine, two.alert_id, "respond", "Rosa", "cierta", NOON + 40 * MINUTE)
    with reading(post.engine) as conn:
        told = desk_figures(
            history(conn, "norte", Wanted(), 10), Window(NOON - timedelta(hours=47), NOON + 60 * MINUTE)
        )
    assert (told.alerts, told.acknowledged, told.acknowledge_minutes) == (3, 2, 6)
    assert (told.assessed, told.verify_minutes, told.false_share) == (2, 30, 0.5)
    assert (told.per_hour, told.busiest_hour) == (3 / 24, 3)


def test_the_history_is_found_by_rule_level_outcome_and_time(any_post: Post):
    post = any_post
    post.sees(a=BREACH, b=BREACH).minute()
    found = {one.rule: one.alert_id for one in post.open}
    assess(post.engine, found["a"], "discard", "Rosa", "falsa", post.now)
    assess(post.engine, found["a"], "respond", "Rosa", "cierta", post.now + MINUTE)

    def ids(as_of: datetime | None = None, **wanted: object) -> set[str]:
        with reading(post.engine) as conn:
            return {one.rule for one in history(conn, "norte", Wanted(**wanted), 10, as_of)}

    assert ids() == {"a", "b"}
    assert ids(rule="a") == {"a"}
    assert ids(level="watch") == set()
    assert ids(outcome="respond") == {"a"}
    assert ids(outcome="discard") == set(), "the last word counts"
    assert ids(outcome="discard", as_of=post.now) == {"a"}, "which it had not been yet"
    assert ids(outcome="none") == {"b"}
    assert ids(window=Window(NOON - timedelta(hours=2), NOON)) == set()
    assert ids(only_over=True) == set()


def test_a_silenced_alert_stays_listed_with_its_mark_and_nobody_is_told(post: Post):
    hush(post, 30)
    post.channel("lima")
    post.sees(a=BREACH, b=BREACH).minute(20)
    marks = {one.rule: one.silenced is not None for one in post.open}
    assert marks == {"a": True, "b": False}
    assert post.notices() == [("opened", 0, 1), ("escalated", 1, 1)]
    assert not next(one for one in post.open if one.rule == "a").takes_over


def test_a_silence_ends_by_itself_and_tells_what_is_still_on(any_post: Post):
    post = any_post
    post.channel("lima")
    post.sees(a=BREACH).minute(2)
    hush(post, 30)
    post.minute(30)
    assert post.open[0].silenced is None
    post.minute(3)
    assert [kind for kind, _, _ in post.notices()] == ["opened", "still-on"]
    assert post.told("lima") == ["opened", "still-on"]


def test_a_silence_over_nothing_tells_nothing(post: Post):
    hush(post, 5)
    post.sees(a=CALM).minute(10)
    assert post.notices() == []


def test_two_silences_over_each_other_end_with_the_last(post: Post):
    post.sees(a=BREACH).minute()
    hush(post, 10)
    hush(post, 20, rule=None, subject="x")
    post.minute(15)
    assert [kind for kind, _, _ in post.notices()] == ["opened"]
    post.minute(10)
    assert [kind for kind, _, _ in post.notices()] == ["opened", "still-on"]


def test_a_person_ends_a_silence_and_what_is_on_is_told(post: Post):
    number = hush(post, 60)
    post.sees(a=BREACH).minute(3)
    assert post.notices() == []
    with writing(post.engine) as conn:
        end_silence(conn, site_named(conn, "norte"), number, "Rosa", post.now)
        with pytest.raises(LookupError):
            end_silence(conn, site_named(conn, "norte"), number, "Rosa", post.now)
    post.minute(2)
    assert [kind for kind, _, _ in post.notices()] == ["still-on"]


@pytest.mark.parametrize(
    ("minutes", "rule", "reason", "who", "code"),
    [
        (24 * 60 + 1, "a", "relevo", "Rosa", "silence_too_long"),
        (-5, "a", "relevo", "Rosa", "silence_past"),
        (60, None, "relevo", "Rosa", "silence_everything"),
        (60, "a", " ", "Rosa", "no_reason"),
        (60, "a", "relevo", "", "no_name"),
    ],
)
def test_a_silence_that_may_not_be_is_refused(
    post: Post, minutes: int, rule: str | None, reason: str, who: str, code: str
):
    with writing(post.engine) as conn, pytest.raises(WrongAct) as wrong:
        silence_until(conn, site_named(conn, "norte"), rule, None, reason, who, NOON + minutes * MINUTE, NOON)
    assert wrong.value.code == code


def test_a_silence_of_every_week_comes_back_on_its_days_and_hours(any_post: Post):
    """NOON is a Monday, 12:00 in Lima."""
    post = any_post
    with writing(post.engine) as conn:
        site = site_named(conn, "norte")
        silence_weekly(conn, site, "a", None, "simulacro", "Rosa", [0, 2], 22 * 60, 8 * 60, NOON)
        for length in (0, 13 * 60):
            with pytest.raises(WrongAct):
                silence_weekly(conn, site, "a", None, "simulacro", "Rosa", [0], 0, length, NOON)

    def silent(hours: float) -> bool:
        now = NOON + timedelta(hours=hours)
        with reading(post.engine) as conn:
            found = silences(conn, site, now)
            return silenced_by("a", "x", found, now, site) is not None

    assert [silent(hours) for hours in (0, 9.9, 10, 17.9, 18, 34, 57.9, 58, 65.9, 66)] == [
        *(False, False, True, True, False, False, False, True, True, False)
    ]


def test_silences_of_every_week_together_leave_half_of_each_day(post: Post):
    with writing(post.engine) as conn:
        site = site_named(conn, "norte")

        def every_day(from_hour: int, hours: int, rule: str | None = "a", subject: str | None = None) -> int:
            return silence_weekly(
                conn, site, rule, subject, "relevo", "Rosa", range(7), from_hour * 60, hours * 60, post.now
            )

        night = every_day(20, 8)
        every_day(20, 8, rule="b")
        with pytest.raises(WrongAct) as wrong:
            every_day(10, 5)
        assert wrong.value.code == "silence_weekly_together"
        every_day(10, 4)
        with pytest.raises(WrongAct):
            silence_weekly(conn, site, "a", None, "relevo", "Rosa", [6], 23 * 60, 6 * 60, post.now)
        end_silence(conn, site, night, "Rosa", post.now)
        post.now += MINUTE
        every_day(16, 8)


def test_a_critical_alert_that_nobody_takes_goes_up_step_by_step_each_once(any_post: Post):
    post = any_post
    for name, step in (("puesto", 0), ("coordinacion", 1), ("lima", 2)):
        post.channel(name, step)
    post.sees(a=BREACH).minute(15)
    assert post.told("coordinacion") == []
    post.minute(1)
    assert (post.told("coordinacion"), post.told("lima")) == (["escalated"], [])
    post.minute(60)
    assert post.notices() == [("opened", 0, 1), ("escalated", 1, 1), ("escalated", 2, 1)]
    assert (post.told("puesto"), post.told("lima")) == (["opened"], ["escalated"])
    assert [act.facts["waited_minutes"] for act in post.open[0].acts] == [15, 30]


def test_a_sites_own_steps_stand_in_its_file(post: Post):
    own = "[[escalation]]\nstep = 1\nminutes = 5\nto = 'jefatura'\n"
    with writing(post.engine) as conn:
        add_site(conn, load_site(SITE + own), NOON, "acta 7")
    post.channel("jefatura", 1)
    post.sees(a=BREACH).minute(40)
    assert post.notices() == [("opened", 0, 1), ("escalated", 1, 1)]
    assert post.open[0].acts[0].facts["to"] == "jefatura"
    twice = own + own.replace("5", "4")
    with pytest.raises(WrongSiteFile, match=r"\[\[escalation\]\]"):
        load_site(SITE + twice)


def test_what_somebody_took_in_time_goes_no_further(post: Post):
    post.sees(a=BREACH).minute(14)
    acknowledge(post.engine, post.open[0].alert_id, "Rosa", "", post.now)
    post.minute(60)
    assert post.notices() == [("opened", 0, 1)]


def test_only_what_is_critical_is_escalated_from_when_it_became_so(post: Post):
    post.level = Level.ALERT
    post.sees(a=BREACH).minute(40)
    assert post.notices() == [("opened", 0, 1)]
    post.level = Level.CRITICAL
    post.minute(15)
    assert post.notices() == [("opened", 0, 1), ("opened", 0, 1)], "graver than told is told anew"
    post.minute(1)
    assert post.notices()[-1] == ("escalated", 1, 1)


def test_the_end_is_told_to_whoever_had_heard_of_it(any_post: Post):
    post = any_post
    post.channel("puesto")
    post.channel("lima", step=2)
    post.sees(a=BREACH).minute(3)
    post.sees(a=CALM).minute(15)
    assert post.notices() == [("opened", 0, 1), ("over", 0, 1)]
    assert (post.told("puesto"), post.told("lima")) == (["opened", "over"], [])


def test_a_step_without_a_channel_goes_to_whoever_hears_of_new_alerts(post: Post):
    post.channel("puesto")
    post.sees(a=BREACH).minute(17)
    assert post.told("puesto") == ["opened", "escalated"]
    assert [act.facts["reached"] for act in post.open[0].acts] == [1]


def test_an_escalation_that_reaches_nobody_says_so(post: Post):
    post.sees(a=BREACH).minute(17)
    [act] = post.open[0].acts
    assert (act.kind, act.facts["reached"]) == ("escalated", 0)
    for lang, said in ((Language.ES, "no hay ningún canal"), (Language.EN, "no channel takes it")):
        t = translator(lang)
        assert said in act_words(act, t)
        assert said in str(untaken_line(post.open[0], (), t))


def test_growth_at_the_same_level_is_told_once_to_whoever_hears_of_new_alerts(post: Post):
    post.channel("puesto")
    post.channel("lima", step=2)
    post.sees(a=BREACH).minute(2)
    post.grown = 1
    post.minute(5)
    assert post.told("puesto") == ["opened", "grew"]
    assert post.told("lima") == []
    hush(post, 10)
    post.grown = 2
    post.minute(5)
    assert post.told("puesto") == ["opened", "grew"], "silent"
    assert [reason for _, _, reason in post.open[0].transitions] == ["limit_passed", "grew", "grew"]


def test_a_level_that_hovers_does_not_flap(post: Post):
    post.holds_level = True
    post.channel("puesto")
    post.sees(a=BREACH).minute()
    for level in (Level.ALERT, Level.CRITICAL, Level.ALERT):
        post.level = level
        post.minute(8)
        assert post.open[0].level is Level.CRITICAL
    post.minute(4)
    assert post.open[0].level is Level.ALERT, "ten minutes of it, as calm would have to last"
    assert post.told("puesto").count("opened") == 1


def test_as_grave_again_after_an_hour_of_less_is_told_again(any_post: Post):
    post = any_post
    post.channel("puesto")
    post.sees(a=BREACH).minute(8)
    for minutes, told in ((30, 0), (70, 1), (30, 1)):
        post.level = Level.ALERT
        post.minute(minutes)
        post.level = Level.CRITICAL
        post.minute(8)
        assert post.told("puesto") == ["opened", *["again"] * told], minutes


def test_a_false_alarm_goes_no_further_and_leaves_the_wall(post: Post):
    post.channel("coordinacion", 1)
    post.sees(a=BREACH).minute(3)
    assert post.open[0].takes_over
    assess(post.engine, post.open[0].alert_id, Assessment.WATCH, "Rosa", "un ensayo", post.now)
    assert post.open[0].takes_over, "watching is not yet having it"
    assess(post.engine, post.open[0].alert_id, Assessment.DISCARD, "Rosa", "un ensayo", post.now)
    assert not post.open[0].takes_over
    post.minute(60)
    assert post.told("coordinacion") == []


def test_a_deadline_under_a_silence_is_told_when_the_silence_is_over(post: Post):
    post.sees(a=BREACH).minute()
    acknowledge(post.engine, post.open[0].alert_id, "Rosa", "", post.now, deadline=post.now + 10 * MINUTE)
    hush(post, 30)
    post.minute(29)
    assert [kind for kind, _, _ in post.notices()] == ["opened"]
    post.minute(5)
    assert sorted(kind for kind, _, _ in post.notices()) == ["deadline", "opened", "still-on"]


def test_whoever_heard_that_it_began_hears_that_it_ended_at_any_level(post: Post):
    post.channel("lima", least=Level.CRITICAL)
    post.sees(a=BREACH).minute(3)
    post.level = Level.ALERT
    post.minute(3)
    post.sees(a=CALM).minute(15)
    assert post.told("lima") == ["opened", "over"]


def test_a_silence_over_a_subject_that_never_had_an_alert_is_refused(post: Post):
    with pytest.raises(WrongAct) as wrong:
        hush(post, 30, rule=None, subject="cola")
    assert wrong.value.code == "silence_subject"


def test_forty_rules_within_a_minute_are_one_notice(any_post: Post):
    post = any_post
    post.channel("lima")
    post.level = Level.ALERT
    for second in range(0, 60, 3):  # two more rules at each look, forty of them within the minute
        post.sees(**{f"r{second}": BREACH, f"s{second}": BREACH})
        post.evaluate()
        post.now += timedelta(seconds=3)
    assert len(post.open) == 40
    assert post.notices() == [("opened", 0, 40)]
    assert post.told("lima") == ["opened"]


def test_a_flood_is_told_every_five_minutes_and_something_critical_within_one(post: Post):
    post.level = Level.ALERT
    for minute in range(4):
        post.sees(**{f"r{minute}": BREACH}).minute()
        post.now += timedelta(seconds=30)
    assert [count for _, _, count in post.notices()] == [1, 3]
    with reading(post.engine) as conn:
        first, second = conn.execute(select(notice.c.due_at).order_by(notice.c.notice_id)).scalars()
    assert second - first == timedelta(minutes=5)
    post.sees(grave=BREACH)
    post.level = Level.CRITICAL
    post.evaluate()
    with reading(post.engine) as conn:
        *_, last = conn.execute(select(notice.c.due_at).order_by(notice.c.notice_id)).scalars()
    assert last == post.now + MINUTE


@pytest.mark.parametrize("teeth", [1, 3, 9])
def test_a_sawtooth_is_one_alert_and_one_notice(post: Post, teeth: int):
    """Over and under its limit every few minutes: calm for less than it takes to be over."""
    post.channel("lima")
    for tooth in range(12):
        post.sees(a=BREACH if tooth % 2 == 0 else CALM).minute(teeth)
    with reading(post.engine) as conn:
        assert len(history(conn, "norte", Wanted(), 99)) == 1
    assert [kind for kind, _, _ in post.notices() if kind == "opened"] == ["opened"]


def test_a_page_of_the_past_tells_who_had_it_then_and_what_was_silent(any_post: Post):
    post = any_post
    post.sees(a=BREACH).minute(5)
    number = post.open[0].alert_id
    before = post.now - MINUTE
    acknowledge(post.engine, number, "Rosa", "", post.now)
    hush(post, 10)
    post.minute(5)
    during = post.now - MINUTE
    post.minute(30)
    with reading(post.engine) as conn:
        site = site_named(conn, "norte")

        def then(at: datetime) -> AlertCard:
            return marked(conn, site, open_alerts(conn, "norte", at), at, at)[0]

        assert (then(before).taken, then(before).silenced) == (None, None)
        assert (then(during).acknowledged_by, then(during).silenced is not None) == ("Rosa", True)
        assert (then(post.now).acknowledged_by, then(post.now).silenced) == ("Rosa", None)
        assert card(conn, number).taken is not None


def test_charts_know_when_alerts_were_on(any_post: Post):
    post = any_post
    post.sees(a=BREACH).minute(5)
    post.sees(a=CALM).minute(15)
    with reading(post.engine) as conn:
        window = Window(NOON - timedelta(hours=1), NOON + timedelta(hours=1))
        [span] = alert_spans(conn, "norte", window, post.now)
        assert (span.window.start, span.window.end, span.level) == (NOON, NOON + 18 * MINUTE, Level.CRITICAL)
        [then] = alert_spans(conn, "norte", window, NOON + 3 * MINUTE, NOON + 3 * MINUTE)
        assert then.window == Window(NOON, NOON + 3 * MINUTE)
        later = Window(NOON + timedelta(hours=1), NOON + timedelta(hours=2))
        assert alert_spans(conn, "norte", later, post.now) == ()
