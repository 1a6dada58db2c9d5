"""What stands under a chart that somebody saves as a picture: pictures travel, and their page stays behind."""

from __future__ import annotations

from data.types import Frame
from data.vocabulary import Audience
from layouts.parts import marks_of
from layouts.translator import Translator


def picture_foot(frame: Frame, t: Translator) -> str:
    """Marks, site, as of when, source, and for whom; a line each."""
    scope = frame.scope
    zone = frame.site.zone.replace("_", " ")
    known = t("word.no_data") if frame.data_as_of is None else t.moment(frame.data_as_of)
    said = [t("picture.site", place=frame.site.name, zone=zone), t("picture.data_as_of", known=known)]
    if scope.as_of is not None:
        said.append(t("picture.frozen", at=scope.as_of))
    inside = scope.audience is not Audience.PROTECTION
    use = t("picture.inside", threshold=scope.mask_below) if inside else t("picture.restricted")
    source = t.word("source", frame.official_source) if frame.official_source else t("picture.no_official")
    lines = [" · ".join(said), t("picture.source", official=source), use]
    marks = " · ".join(t(f"mark.{mark}") for mark in marks_of(frame))
    return "\n".join([*([marks] if marks else []), *lines])
