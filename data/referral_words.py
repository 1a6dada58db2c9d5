"""What partners write in a referral: the need by its code, the priority and the time it leaves.

Codes: UNHCR's specific-needs groups. A cell may hold a code ("SV", "SV-GM"), its name in Spanish or English, or the
words partners use; what is none of these is `Need.UNLISTED`, and its words are shown nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from data.published_standards import published
from data.sources.words import plain
from data.standard_shapes import Reference
from data.vocabulary import WITHHELD_NEEDS, Need, Priority

CODE = re.compile(r"\s*([A-Za-z]{2})(?:[\s_.,;/:(–-].*)?", re.DOTALL)
CODES: Mapping[str, Need] = {str(need).lower(): need for need in Need if len(need) == 2}

# Parts of words, without accents and in lower case. The first that fits: what is told least stands first, so that a
# cell which names two needs is never shown as the milder one.
SIGNS: tuple[tuple[Need, str], ...] = (
    (Need.TRAFFICKING, r"\btratas?\b|trafic|trafficking|\bvdt\b|\bhts\b|smuggl|explotacion sexual|sexual exploitation"),
    (
        Need.VIOLENCE,
        r"violencia|violacion|abuso sexual|\bvbg\b|\bvsg\b|\bgbv\b|\bsgbv\b|violence|\brape|sexual abuse|"
        r"survivor|sobrevivient|matrimonio (?:forzado|infantil)|(?:forced|child) marriage|mutilacion|mutilation",
    ),
    (Need.TORTURE, r"tortur"),
    (
        Need.UNACCOMPANIED_CHILD,
        r"no acompanad|unaccompanied|(?:nna|nin[oa]|adolescente)\w*.*separad|separated (?:child|minor)|"
        r"\bnnas? ?(?:na|y ?s)\b|\buasc\b|\buam\b|\btutela|guardianship",
    ),
    (Need.CHILD_AT_RISK, r"nin[oa]|nna|adolescente|child|infan"),
    (Need.PREGNANT, r"gestante|embaraz|lactan|pregnan|breastfeed"),
    (Need.OLDER_PERSON, r"mayor|anciana?o?s?\b|older|elderly"),
    (Need.SINGLE_PARENT, r"cuidador|monoparental|madre sola|padre solo|single parent|caregiver"),
    (Need.DISABILITY, r"discapacidad|disabilit|disabled"),
    (Need.MEDICAL, r"medic|salud|enferm|health|cronic|chronic|illness"),
    (Need.FAMILY_UNITY, r"unidad familiar|reunificacion|family"),
    (Need.LEGAL, r"legal|juridic|documenta|asilo|refugio|asylum|proteccion|protection"),
    (Need.WOMAN_AT_RISK, r"mujer|woman|women"),
)

PRIORITIES: Mapping[str, Priority] = {
    **dict.fromkeys(("alta", "alto", "high", "urgente", "urgent", "1", "emergencia", "inmediata"), Priority.HIGH),
    **dict.fromkeys(("media", "medio", "medium", "moderada", "2"), Priority.MEDIUM),
    **dict.fromkeys(("baja", "bajo", "low", "normal", "3"), Priority.LOW),
}
LIMITS: Mapping[Priority, timedelta] = {
    Priority.HIGH: timedelta(hours=24),
    Priority.MEDIUM: timedelta(hours=72),
    Priority.LOW: timedelta(weeks=2),
}


def limits_source() -> Reference:
    """Who published the limits, and in which words."""
    return next(row for row in published().references if row.name == "referrals")


def need_of(text: str) -> Need:
    said = plain(text)
    code = CODE.fullmatch(text)
    if code and code[1].lower() in CODES and (code[1].isupper() or len(said) == 2):
        return CODES[code[1].lower()]
    if said in tuple(Need):
        return Need(said)
    return next((need for need, signs in SIGNS if re.search(signs, said)), Need.UNLISTED)


def priority_of(text: str) -> Priority | None:
    """None: no priority that has a limit."""
    words = plain(text).replace("prioridad", " ").replace("priority", " ").split()
    return next((PRIORITIES[word] for word in words if word in PRIORITIES), None)


def withheld_need(*texts: str) -> Need | None:
    """The need that is told only by whole weeks of a whole site, if any of these words is of one.

    A code that leads may be followed by words of another need ("CR, víctima de trata"), and the institution or the
    pathway may say what the need does not.
    """
    codes = {need_of(text) for text in texts}
    words = [plain(text) for text in texts]
    for need, signs in SIGNS:
        if need in WITHHELD_NEEDS and (need in codes or any(re.search(signs, said) for said in words)):
            return need
    return None
