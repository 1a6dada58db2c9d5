"""Partners' words for the vocabulary's: sectors, services, sex, in Spanish, English and French."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Any

from data.sources.lexicon import stems
from data.sources.sheet import shown
from data.sources.words import plain, spellings
from data.vocabulary import Measure, Sector, Service, Sex

# Beginnings of words that say it, wherever they stand in the wording. The first row that fits is taken, so that the
# narrow ones come before the broad ones; one without a word says that nothing of the list is meant.
SAYS: Mapping[type[StrEnum], tuple[tuple[str, str], ...]] = {
    Sector: (
        ("gbv", r"vbg|gbv|violencia (basada|de) .*genero|gender based|violencia sexual"),
        ("child-protection", r"ninez|infancia|nna\b|child|enfance|^cp$|menores"),
        ("trafficking", r"trata|traffick"),
        ("nutrition", r"^(?!.*(alimentari|food|aliment)).*(nutrici|nutrition|desnutri)"),
        ("food", r"alimentari|alimentac|food|^fss$|^san$|aliment"),
        ("wash", r"agua|wash|saneamiento|higiene|water|epah|^eha$|hygiene"),
        ("health", r"salud|health|^hea$|sante|cholera|medic"),
        ("shelter", r"aloja|albergue|shelter|abri|snfi|cccm|campament|asentamiento|camp "),
        ("education", r"educa|^edu$|school|escuela"),
        ("protection", r"protecci|protection|^pro$|minas|mine action|^ma$|legal"),
        ("transport", r"transporte humanitario|humanitarian transport|^transporte$|^transport$"),
        ("integration", r"integraci|integration|recuperacion temprana|early recovery|livelihood|medios de vida"),
        ("connectivity", r"conectividad|connectivity"),
    ),
    Service: (
        ("", r"taller|capacita|formacion|fortalec|training|workshop|incidencia|abogac|coordinacion|comite|capacity"),
        ("legal-orientation", r"(asesoria|asistencia|orientacion|atencion).* (legal|juridic)|legal|solicitud de asilo"),
        ("gbv-response", r"vbg|gbv|violencia (basada|de) .*genero|violencia sexual"),
        ("trafficking-response", r"trata de|traffick"),
        ("vaccination", r"vacun|vaccin|inmuniz|immuni"),
        ("nutrition-screening", r"desnutri|tamizaje nutri|nutrition screen|malnutri"),
        ("health-screening", r"tamizaje|health screen|triaje"),
        ("psychosocial", r"psicosoc|psicolog|psychosoc|salud mental|mental health|socioemoc|pss\b"),
        ("child-friendly-space", r"espacios? (amigable|seguro).*(nin|nna)|child friendly"),
        ("hygiene-kits", r"kits?.*(higien|aseo)|hygiene kit|dignity kit"),
        ("latrines", r"letrina|latrine|toilet|sanitarios"),
        ("showers", r"duchas?\b|showers?\b"),
        ("water", r"(distribu|entrega|dotacion|acceso).*\bagua|agua\b|water (distrib|supply|truck)|safe water"),
        ("meals", r"(asistencia|entrega|distribu).* aliment|comidas?\b|racion(es)?\b|meals?\b|food (assist|distrib)"),
        ("meals", r"desayuno|almuerzo|canasta|food"),
        ("shelter-places", r"albergue|alojamiento|shelter|carpas?\b|tents?\b"),
        (
            "medical-attention",
            r"atencion (medica|en salud|de medicina)|consultas?|medic|health (service|care)",
        ),
        ("transport-seats", r"transport|traslado"),
        ("connectivity", r"conectiv|wifi|internet|llamadas|carga de cel|phone charg"),
        ("education-space", r"espacios? educa|aulas?\b|escuela|school|learning space"),
        ("integration-support", r"medios de vida|livelihood|emprend|integraci"),
        ("information", r"informaci|orientaci|sensibiliz|information|awareness"),
    ),
    Measure: (
        ("arrivals", r"llega|arriv"),
        ("served", r"atendid|served|ingres|entr|control"),
        ("exits", r"salid|exit|egres"),
        ("onward", r"contin|onward|transit"),
    ),
    Sex: (("female", r"^f(em)?\b|mujer|nina|women|girl|femme"), ("male", r"^h\b|^masc|hombre|nino|\bmen\b|boy|homme")),
}


def known_word(words: type[StrEnum], value: Any) -> str | None:
    """The vocabulary's word for a wording that the import understands without a mapping."""
    return spellings(words).get(plain(shown(value)))


@lru_cache(maxsize=10_000)
def proposed_word(words: type[StrEnum], value: str) -> tuple[str | None, str]:
    """The vocabulary's word a wording probably stands for, and why: known, similar, says, or "" for none."""
    spelling = plain(value)
    known = spellings(words)
    if spelling in known:
        return known[spelling], "known"
    near = get_close_matches(" ".join(stems(spelling)), [" ".join(stems(one)) for one in known], 1, 0.87)
    if near and len(spelling) > 3:
        return next(word for one, word in known.items() if " ".join(stems(one)) == near[0]), "similar"
    for word, says in SAYS.get(words, ()):
        if re.search(rf"(?<!\w)(?:{says})", spelling):
            return (word, "says") if word else (None, "")
    return None, ""
