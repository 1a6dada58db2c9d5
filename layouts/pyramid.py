"""Who the people of a range are by sex and age at once: women to the left, men to the right, the oldest on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.types import Breakdown, BreakdownDay
from data.vocabulary import PYRAMID_BANDS, Sex
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import aria, data
from layouts.translator import Translator

SIDES = (str(Sex.FEMALE), str(Sex.MALE))
BANDS = [*map(str, reversed(PYRAMID_BANDS))]


@dataclass(frozen=True)
class Sum:
    """People of some cells over the days of a range. `hidden`: on some day reserved, so that at least so many."""

    people: float
    hidden: bool

    def words(self, t: Translator) -> str:
        if self.hidden:
            return f"≥\u00a0{t.number(round(self.people))}" if round(self.people) else t("word.masked")
        return t.number(round(self.people))


def cell_name(part: str, t: Translator) -> str:
    sex, band = part.split("|", 1)
    return t("pyramid.cell", of_sex=t.word("sex", sex), band=t.word("age_band", band))


def pyramid(told: Breakdown, t: Translator) -> Tree:
    """`told` is masked already; days of which nobody told sex and age count in none of it."""
    days = [day for day in told.days if day.parts]
    bands = [*BANDS, *sorted({part.split("|", 1)[1] for day in days for part in day.parts} - set(BANDS))]
    sums = {(sex, band): _sum(days, {sex}, band) for band in bands for sex in SIDES}
    others = {band: _sum(days, {str(sex) for sex in Sex} - set(SIDES), band) for band in bands}
    most = max((one.people for one in sums.values()), default=0.0) or 1.0
    whole = sum(day.total or 0.0 for day in days)
    rows = []
    for band in bands:
        of_band = _sum(days, {str(sex) for sex in Sex}, band)
        share = "" if of_band.hidden or not whole else t.percent(of_band.people / whole)
        rows.append(
            html.Tr(
                [
                    _side(sums[SIDES[0], band], most, "left", t),
                    html.Th(t.word("age_band", band), scope="row", className="band"),
                    _side(sums[SIDES[1], band], most, "right", t),
                    html.Td(others[band].words(t), className="others"),
                    html.Td([share, _spark(days, band)], className="trend"),
                ],
                **data(band=band),
            )
        )
    heads = [t("sex.female"), t("pyramid.band"), t("sex.male"), t("sex.other"), t("pyramid.trend")]
    sides = ["left", "band", "right", "others", "trend"]
    return html.Table(
        [
            html.Caption(t("pyramid.title"), className="visually-hidden"),
            html.Thead(
                html.Tr([html.Th(words, scope="col", className=side) for words, side in zip(heads, sides, strict=True)])
            ),
            html.Tbody(rows),
        ],
        className="pyramid",
    )


def pyramid_sentence(told: Breakdown, t: Translator) -> str:
    days = [day for day in told.days if day.parts]
    whole = sum(day.total or 0.0 for day in days)
    minors = [_sum(days, {str(sex) for sex in Sex}, str(band)) for band in PYRAMID_BANDS[:3]]
    women = _sum(days, {str(Sex.FEMALE)}, None)
    said = []
    if whole:
        for key, parts in (("minors", minors), ("women", [women])):
            people = sum(one.people for one in parts)
            if not people and any(one.hidden for one in parts):
                said.append(t(f"pyramid.{key}_masked"))
                continue
            bound = "_at_least" if any(one.hidden for one in parts) else ""
            said.append(t(f"pyramid.{key}{bound}", people=round(people), part_share=people / whole))
    without = sum(not day.parts for day in told.days)
    said += [t.n("pyramid.without", without)] if without else []
    return " ".join(said)


def _sum(days: list[BreakdownDay], sexes: set[str], band: str | None) -> Sum:
    people, hidden = 0.0, False
    for day in days:
        for part, count in day.parts.items():
            sex, of_band = part.split("|", 1)
            if sex in sexes and band in (None, of_band):
                people += count or 0.0
                hidden = hidden or count is None
    return Sum(people, hidden)


def _side(one: Sum, most: float, side: str, t: Translator) -> Tree:
    kind = "side is-masked" if one.hidden and not round(one.people) else "side"
    bar = html.I(style={"--share": f"{one.people / most:.4f}"}, **aria(hidden="true"))
    return html.Td(html.Span([bar, html.Span(one.words(t))], className=kind), className=side)


def _spark(days: list[BreakdownDay], band: str) -> Tree:
    """The band's share of each day's people; a day on which it is reserved is hatched."""
    shares: list[float | None] = []
    for day in days:
        one = _sum([day], {str(sex) for sex in Sex}, band)
        shares.append(None if one.hidden or not day.total else one.people / day.total)
    if len(shares) < 2:
        return html.Span()
    most = max((share for share in shares if share is not None), default=0.0) or 1.0
    bars: list[Any] = [
        html.I(className="none") if share is None else html.I(style={"--share": f"{share / most:.3f}"})
        for share in shares
    ]
    return html.Span(bars, className="spark", **aria(hidden="true"))
