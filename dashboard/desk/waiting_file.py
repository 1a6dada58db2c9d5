"""A file that waits for its sender, and how it is to be read: signed, so that nobody takes another one's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from dashboard.access import Viewer
from dashboard.desk import forms
from dashboard.desk.mappings import mapping_named
from dashboard.desk.plain_page import Plain
from dashboard.gate import Refused
from dashboard.shell import Shell
from data.sources.mapping import Mapping, WrongMapping
from data.vocabulary import Dataset

# What may be chosen anew while the file waits.
CHOICES = ("source", "dataset", "mapping")


@dataclass(frozen=True)
class Waiting:
    """A file that waits, by whose hand, and how it is to be read. `of`: its signed name."""

    of: str
    who: str
    sha256: str
    filename: str
    source: str
    dataset: Dataset | None
    mapping: Mapping | None
    mapping_name: str

    @property
    def choices(self) -> dict[str, str]:
        return {"source": self.source, "dataset": str(self.dataset or ""), "mapping": self.mapping_name}

    def address(self, plain: Plain) -> str:
        said = {"of": self.of, **{name: value for name, value in self.choices.items() if value}, **plain.asked}
        return f"/reports/preview?{urlencode(said)}"


def chosen(fields: dict[str, str]) -> dict[str, str]:
    return {name: fields.get(name, "").strip() for name in CHOICES if name != "source"}


def waiting_file(request: Request, viewer: Viewer, asked: Any) -> Waiting:
    """The file that a form or an address names, if it is this person's. Raises Refused."""
    shell: Shell = request.app.state.shell
    said = shell.sessions.read_waiting(asked.get("of", ""))
    if said is None:
        raise Refused(410, "desk_gone")
    if said.get("who") != viewer.holder:
        raise Refused(403, "desk_not_yours")
    dataset, name = asked.get("dataset", ""), asked.get("mapping", "")
    if dataset and dataset not in list(Dataset):
        raise Refused(400, "desk_bad_form")
    try:
        mapping = mapping_named(shell.settings.var, name) if name else None
    except WrongMapping as wrong:
        raise Refused(422, "desk_wrong_mapping", mapping=name[:60], reason=str(wrong)[:400]) from None
    if name and mapping is None:
        raise Refused(400, "desk_no_mapping", mapping=name[:60])
    source = forms.source_asked(viewer, shell, asked.get("source", ""))
    return Waiting(
        of=asked["of"],
        who=said["who"],
        sha256=said["sha256"],
        filename=said["filename"],
        source=source,
        dataset=Dataset(dataset) if dataset else None,
        mapping=mapping,
        mapping_name=name,
    )
