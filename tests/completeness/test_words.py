"""Both languages say the same things, and numbers, dates and durations read one way."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from data import vocabulary
from data.vocabulary import KpiName, Language
from layouts.translator import MissingWord, catalogue, translator

# Enums a viewer meets, and the table of the locale files that names their members.
LABELS: dict[str, type[StrEnum]] = {
    "stage": vocabulary.Stage,
    "lane": vocabulary.Lane,
    "measure": vocabulary.Measure,
    "method": vocabulary.Method,
    "sector": vocabulary.Sector,
    "service": vocabulary.Service,
    "level": vocabulary.Level,
    "state": vocabulary.State,
    "dataset": vocabulary.Dataset,
    "alert_state": vocabulary.AlertState,
    "assessment": vocabulary.Assessment,
    "notice_kind": vocabulary.NoticeKind,
    "task_state": vocabulary.TaskState,
    "plan_move": vocabulary.PlanMove,
    "request_state": vocabulary.RequestState,
    "request_move": vocabulary.RequestMove,
    "resource_group": vocabulary.ResourceGroup,
    "fate": vocabulary.Fate,
    "question_state": vocabulary.QuestionState,
    "sex": vocabulary.Sex,
    "age_band": vocabulary.AgeBand,
    "category": vocabulary.Category,
    "need": vocabulary.Need,
    "priority": vocabulary.Priority,
    "phase_name": vocabulary.Phase,
    "stay": vocabulary.Stay,
    "role": vocabulary.Role,
    "audience": vocabulary.Audience,
    "look": vocabulary.Look,
    "language": vocabulary.Language,
    "rhythm": vocabulary.Rhythm,
    "rule_kind": vocabulary.RuleKind,
    "report_state": vocabulary.ReportState,
    "site_kind": vocabulary.SiteKind,
    "feed_standing": vocabulary.FeedStanding,
}
NNBSP = "\u202f"


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    spanish, english = catalogue(Language.ES), catalogue(Language.EN)
    assert sorted(set(spanish) ^ set(english)) == []


def test_both_languages_fill_the_same_facts() -> None:
    spanish, english = catalogue(Language.ES), catalogue(Language.EN)
    different = {key for key in spanish if facts(spanish[key]) != facts(english[key])}
    # "one" may leave the number out: "una alerta más"
    assert {key for key in different if not key.endswith(".one")} == set()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("table", sorted(LABELS))
def test_every_word_of_the_vocabulary_has_a_label(table: str, language: Language) -> None:
    words = catalogue(language)
    assert [f"{table}.{one}" for one in LABELS[table] if f"{table}.{one}" not in words] == []


def test_every_enum_of_the_vocabulary_is_listed_here() -> None:
    enums = {
        one for one in vars(vocabulary).values() if isinstance(one, type) and issubclass(one, StrEnum) and list(one)
    }
    assert {one.__name__ for one in enums - set(LABELS.values()) - {KpiName}} == set()


@pytest.mark.parametrize("language", list(Language))
def test_every_headline_has_label_definition_formula_and_source(language: Language) -> None:
    words = catalogue(language)
    wanted = [f"kpi.{name}.{part}" for name in KpiName for part in ("label", "definition", "formula", "source")]
    assert [key for key in wanted if not words.get(key)] == []


def test_no_sentence_is_left_in_the_other_language() -> None:
    # the names of organisations stay as they are
    english = "\n".join(text for key, text in catalogue(Language.EN).items() if not key.startswith("source."))
    assert re.findall(r"[^\n]*[ñ¿¡][^\n]*", english) == []


def test_thousands_have_a_narrow_space_and_each_language_its_decimal_sign() -> None:
    es, en = translator("es"), translator("en")
    assert es.number(3429) == en.number(3429) == f"3{NNBSP}429"
    assert es.number(3.04, 1) == "3,0"
    assert en.number(3.04, 1) == "3.0"
    assert es.number(-2900) == f"−2{NNBSP}900"
    assert es.number(-0.2) == "0"
    assert es.number(0) == "0"


def test_durations_in_words_and_in_short() -> None:
    t = translator("es")
    plain = {m: t.duration(m).replace("\u00a0", " ") for m in (0, 28, 60, 670, 2870, 2880, 4500)}
    assert plain == {
        0: "0 min",
        28: "28 min",
        60: "1 h",
        670: "11 h 10 min",
        2870: "47 h 50 min",
        2880: "2 d",
        4500: "3 d 3 h",
    }
    assert t.short_duration(670).replace("\u00a0", " ") == "11 h 10"
    assert t.short_duration(28).replace("\u00a0", " ") == "28 min"


def test_times_are_the_sites_and_days_are_named() -> None:
    at = datetime(2019, 6, 15, 3, 20, tzinfo=UTC)
    es, en = translator("es", "America/Lima"), translator("en", "America/Lima")
    assert es.time(at) == "22:20"
    assert es.date(at) == "vie 14 jun"
    assert en.date(at) == "Fri 14 Jun"


def test_the_name_of_a_fact_says_how_it_reads() -> None:
    t = translator("es", "America/Lima")
    assert t.fact("stage", "migration-control") == t("stage.migration-control")
    assert t.fact("wait_minutes", 90).replace("\u00a0", " ") == "1 h 30 min"
    assert t.fact("value_share", 1.12) == f"112{NNBSP}%"
    assert "22:20" in t.fact("since_at", "2019-06-15T03:20:00+00:00")
    assert t.fact("people", 12000) == f"12{NNBSP}000"
    assert t.fact("people", None) != "0"


def test_a_word_that_a_language_lacks_is_an_error() -> None:
    with pytest.raises(MissingWord, match=r"no\.such\.key"):
        translator("es")("no.such.key")
