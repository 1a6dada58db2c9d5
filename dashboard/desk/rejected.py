"""The rejected rows of a delivery, read again from its kept bytes by the mapping it was read with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from sqlalchemy import Engine

from dashboard.delivering import limits_of, reason
from dashboard.settings import Settings
from data import snapshots
from data.queries.delivery_story import mapping_text
from data.sites import sites
from data.sources import Refused, parse
from data.sources.mapping import Mapping, WrongMapping, read_mapping
from data.sources.returned import Returned, rejected_rows
from data.store import reading
from data.types import Delivery, Issue
from data.vocabulary import Dataset
from layouts.translator import Translator


class Gone(LookupError):
    """The bytes are no longer kept, or can no longer be read."""


def rejected_of(
    engine: Engine, settings: Settings, one: Delivery, t: Translator, ending: str | None = None
) -> Returned:
    """`one`: with its issues. Raises Gone."""
    limits = limits_of(settings)
    with reading(engine) as conn:
        text = mapping_text(conn, one.report_id)
        places = {place.site: place for place in sites(conn)}
    try:
        content = snapshots.kept(settings.var, one.sha256)
        mapping: Mapping | None = None if text is None else read_mapping(text[1], text[0])
        issues = one.issues
        if any(issue.code == "more_issues" for issue in issues):  # the book lists only the first ones
            all_of_them = replace(limits, issues=limits.rows)
            parsed = parse(
                content,
                one.filename,
                dataset=Dataset(one.dataset),
                mapping=mapping,
                sites=places,
                now=one.received_at,
                limits=all_of_them,
            )
            issues = tuple(parsed.issues)
        names = (t("desk.returned.line"), t("desk.returned.reason"))
        return rejected_rows(content, one.filename, mapping, _reasons(issues, t), names, limits, ending)
    except (FileNotFoundError, Refused, WrongMapping) as wrong:
        raise Gone(str(wrong)) from wrong


def _reasons(issues: tuple[Issue, ...], t: Translator) -> dict[int, str]:
    """Line of the file to everything that is wrong with it."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for issue in issues:
        if issue.line is not None:
            where = f"{issue.column}: " if issue.column else ""
            found[issue.line].append(where + reason(issue, t))
    return {line: " | ".join(said) for line, said in found.items()}
