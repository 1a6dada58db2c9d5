"""The explained feed of the package is one, and explains every entry there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import data.feeds
from data.feeds.config import ENTRIES, KINDS, TOP, read_feed
from data.vocabulary import Language
from layouts.translator import catalogue
from tests.conftest import ROOT
from tests.feeds.centre import MAPPING

README = Path(data.feeds.__path__[0], "README.toml").read_text("utf-8")


def test_the_explained_feed_can_be_read() -> None:
    made = read_feed(README, MAPPING)
    assert (made.name, made.kind, made.source) == ("tumbes-kobo", "kobo", "migraciones")


def test_it_can_be_read_with_everything_that_is_commented_out() -> None:
    for kind in ("odk", "sql"):
        part = README[README.index(f"# [{kind}]") :].split("\n\n")[0].replace("# allow_http, page", "## ")
        lines = [line.removeprefix("# ") for line in part.splitlines() if not line.startswith("#  ")]
        config = f'name = "x"\nkind = "{kind}"\nmapping = "m"\n' + "\n".join(lines)
        assert read_feed(config, MAPPING).options["overlap_minutes"] in (10, 60)


@pytest.mark.parametrize("kind", list(ENTRIES))
def test_every_entry_is_explained(kind: str) -> None:
    missing = [key for key in (*TOP, *ENTRIES[kind]) if key not in README]
    assert missing == []


@pytest.mark.parametrize("language", list(Language))
def test_every_trouble_and_every_kind_of_feed_has_its_words(language: Language) -> None:
    sources = [*(ROOT / "dashboard" / "feeding").glob("*.py")]
    codes = {code for path in sources for code in re.findall(r'Trouble\(\s*"(\w+)"', path.read_text("utf-8"))}
    codes |= {"interrupted", "unreadable"}
    assert len(codes) > 20
    words = catalogue(language)
    assert [code for code in sorted(codes) if f"feed.trouble.{code}" not in words] == []
    assert [kind for kind in KINDS if f"feed.kind.{kind}" not in words] == []
