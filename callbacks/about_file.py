"""What stands under every file of a page: the place, its mark, as of when, made when."""

from __future__ import annotations

from callbacks.reads.ground import moment_of
from callbacks.tables_out import About
from data.types import ClockReading, Frame, Scope
from data.vocabulary import SiteKind
from layouts.translator import Translator


def about_file(frame: Frame, scope: Scope, clock: ClockReading, t: Translator, *more: tuple[str, str]) -> About:
    """`more`: what there is to know of this one, before how its columns are tagged."""
    site, as_of = frame.site, frame.data_as_of
    mark = t("who_file.real") if site.kind is SiteKind.REAL else t(f"mark.{site.kind}")
    marks = [mark, *([t("mark.replay")] if frame.clock.replay else [])]
    return (
        (t("who_file.site"), f"{site.name} ({site.site})"),
        (t("who_file.mark"), ", ".join(marks)),
        (t("who_file.as_of"), t("word.no_data") if as_of is None else t.moment(scope.as_of or as_of)),
        (t("who_file.made_at"), t.moment(moment_of(scope, clock))),
        (t("who_file.zone"), site.zone),
        *more,
        (t("who_file.tags"), t("who_file.tags_say")),
    )
