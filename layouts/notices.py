"""The words of a notice: short enough for a phone, whole enough to act upon, and marked where it is not in earnest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.types import Notice, ToldAlert, figure_named, seen_of
from data.vocabulary import LEVEL_ORDER, OF_QUESTIONS, Level, NoticeKind
from layouts.questions import figure_words, seen_words
from layouts.translator import Translator

LONGEST = 1000  # characters: two text messages too many are none at all
LONGEST_LINE = 320
MOST_QUESTIONS = 2


def notice_title(notice: Notice, told: Sequence[ToldAlert], marks: Sequence[str], t: Translator) -> str:
    """`told`: those of its alerts that this reader hears of, the gravest first."""
    stamp = "".join(f"[{t(f'mark.{mark}')}] " for mark in marks)
    if notice.kind in OF_QUESTIONS:
        return stamp + t.n(f"questions.notice.title.{notice.kind}", notice.facts["count"], place=notice.site.name)
    facts = {"name": _name(told[0], t), "level": told[0].level, "place": notice.site.name}
    if len(told) == 1:
        return stamp + t(f"notice.title.{notice.kind}", **facts)
    return stamp + t(f"notice.title_many.{notice.kind}", count=len(told), place=notice.site.name)


def notice_text(
    notice: Notice, told: Sequence[ToldAlert], marks: Sequence[str], link: str, zone: str, t: Translator
) -> str:
    """Level, sentence, site, since, zone and link, in at most 1,000 characters; of many alerts the gravest."""
    before = [t(f"notice.mark.{mark}") for mark in marks]
    if notice.kind in OF_QUESTIONS:
        where = [t("notice.where", place=notice.site.name, zone=zone), *([link] if link else [])]
        return "\n".join([*before, *_of_questions(notice, t), *where])[:LONGEST]
    before.append(t(f"notice.lead.{notice.kind}") if len(told) == 1 else _counts(notice, told, t))
    if notice.kind is NoticeKind.ESCALATED:
        whom = t.word("escalation_to", str(notice.facts.get("to", "")))
        before.append(t("notice.escalated_to", whom=whom, step=notice.step))
    after = [t("notice.where", place=notice.site.name, zone=zone)]
    after += [link] if link else []
    after.append(t("notice.number", number=str(notice.notice_id), told_at=notice.at))
    lines: list[str] = []
    for place, one in enumerate(told):
        rest = len(told) - place - 1
        more = [t.n("notice.more", rest)] if rest else []
        line = _line(one, t)
        if lines and len("\n".join([*before, *lines, line, *more, *after])) > LONGEST:
            lines.append(t.n("notice.more", rest + 1))
            break
        lines.append(line)
    return "\n".join([*before, *lines, *after])[:LONGEST]


def _of_questions(notice: Notice, t: Translator) -> list[str]:
    """The first questions that fit; the page that the link leads to has them all."""
    told = notice.facts["questions"][:MOST_QUESTIONS]
    lines = [_question_line(one, notice, t) for one in told]
    rest = notice.facts["count"] - len(told)
    return [*lines, *([t.n("questions.notice.more", rest)] if rest else [])]


def _question_line(one: Mapping[str, Any], notice: Notice, t: Translator) -> str:
    figure = figure_named(one["figure"])
    facts = {
        "number": str(one["number"]),
        "figure": figure_words(figure, t),
        "said": seen_words(seen_of(one["seen"]), t, figure.metric),
        "at": datetime.fromisoformat(one["figure_at"]),
        "who": f"{one['by']} ({one['organisation']})" if one["organisation"] else one["by"],
        "text": _cut(one["text"], LONGEST_LINE // 2),
    }
    if notice.kind is NoticeKind.ANSWERED:
        end = one["answer"]
        return t("questions.notice.answered", answer=_cut(end["text"], LONGEST_LINE // 2), by=end["by"], **facts)
    owner = ", ".join(one["owners"]) or t("questions.coordination")
    return t("questions.notice.asked", owner=owner, **facts)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _line(one: ToldAlert, t: Translator) -> str:
    facts = {"level": one.level, "name": _name(one, t), "begun_at": one.since}
    # A rule that this release does not know is told by its name.
    said = t.sentence(one.sentence) if t.has(one.sentence.key) else ""
    if len(said) > LONGEST_LINE:
        said = said[: LONGEST_LINE - 1].rstrip() + "…"
    return t("notice.line", said=said, **facts)


def _counts(notice: Notice, told: Sequence[ToldAlert], t: Translator) -> str:
    by_level = Counter(one.level for one in told)
    order = (*reversed(LEVEL_ORDER), Level.NO_DATA)
    parts = [t("notice.of_level", number=by_level[level], level=level) for level in order if by_level[level]]
    return t(f"notice.lead_many.{notice.kind}", count=len(told), parts=", ".join(parts))


def _name(one: ToldAlert, t: Translator) -> str:
    return t.maybe(f"alert.{one.rule}.name") or one.rule
