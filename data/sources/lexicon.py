"""How partners name columns, in Spanish and English, and what those names mean in the canonical files.

A phrase stands in its plain spelling; plurals and the gender of adjectives are left to `stems`. One row is one meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from data.sources.words import plain

# Meaning -> phrases. A meaning is a canonical column, or a helper of one: `hours` of a day, `year`, `month`, `detail`.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "start": (
        *("fecha", "date", "dia", "day", "start", "fecha de inicio", "inicio", "start date", "desde", "from", "data"),
        *("fecha inicial", "fecha de atencion", "fecha de registro", "fecha y hora", "date and time", "periodo"),
        *("hora de inicio", "fecha de ingreso", "fecha de llegada", "implementation start", "begin", "date debut"),
        *("fecha del dia", "reporting date", "date of arrival", "fecha de la actividad", "semana", "week"),
    ),
    "end": (
        *("end", "fin", "fecha de fin", "fecha fin", "fecha de finalizacion", "fecha final", "end date", "hasta", "to"),
        *("termino", "fecha de termino", "implementation end", "date fin"),
    ),
    "at": ("at", "momento", "fecha y hora de lectura", "reading time", "hora de lectura", "corte", "hora de corte"),
    "issued_at": (
        *("issued at", "fecha de reporte", "fecha del reporte", "report date", "data report", "fecha de envio"),
        *("fecha de emision", "date reported", "publicado", "submission time"),
    ),
    "updated": ("actualizada", "actualizado", "fecha de actualizacion", "last updated", "updated"),
    "hours": (
        "hora",
        "hour",
        "hours",
        "horas",
        "tramo horario",
        "rango horario",
        "time",
        "franja horaria",
        "intervalo",
    ),
    "month": ("mes", "month", "mois", "mes de reporte", "reporting month"),
    "year": ("ano", "year", "anio", "annee"),
    "site": (
        *("site", "puesto", "puesto de frontera", "puesto fronterizo", "punto fronterizo", "border point", "terminal"),
        *("border crossing", "punto de control", "checkpoint", "cebaf", "centro", "centro de atencion", "crossing"),
        *("punto de ingreso", "paso fronterizo", "point of entry", "sede"),
    ),
    "stage": ("stage", "etapa", "estacion", "station", "proceso", "area de atencion"),
    "measure": ("measure", "medida", "indicador", "indicator", "tipo de movimiento", "movimiento", "movement"),
    "lane": ("lane", "fila", "cola", "carril", "tipo de fila", "queue type"),
    "category": ("category", "categoria", "tipo de tramite", "tramite", "condicion migratoria", "calidad migratoria"),
    "minutes": ("minutes", "minutos", "duracion en minutos", "duracion"),
    "people": (
        *("people", "personas", "total", "valor", "value", "cantidad de personas", "numero de personas", "llegadas"),
        *("personas atendidas", "personas alcanzadas", "numero de personas alcanzadas", "people reached", "reached"),
        *("arrivals", "beneficiarios", "beneficiarios alcanzados", "beneficiaries", "total personas", "total people"),
        *("atendidos", "ingresos", "entries", "individuals reached", "n personas", "poblacion alcanzada", "conteo"),
        *("personas que ingresaron", "personas que llegaron", "ingresaron", "llegaron", "entradas", "salidas", "exits"),
        *("individuals", "total beneficiarios", "all total", "count", "numero", "total alcanzado", "people served"),
    ),
    "waiting": (
        *(
            "waiting",
            "en cola",
            "personas en cola",
            "esperando",
            "en espera",
            "people waiting",
            "queue",
            "queue length",
        ),
        *("personas esperando", "personas en espera"),
    ),
    "counters_open": (
        *(
            "counters open",
            "modulos abiertos",
            "ventanillas abiertas",
            "ventanillas",
            "booths",
            "desks open",
            "modulos",
        ),
        *("modulos operativos", "ventanillas operativas", "all booths", "open counters", "open booths"),
    ),
    "counters_total": (
        "counters total",
        "modulos totales",
        "ventanillas totales",
        "total counters",
        "total de modulos",
    ),
    "counters_planned": ("counters planned", "modulos programados", "ventanillas programadas", "planned counters"),
    "ticket_issued": ("ticket issued", "ultimo ticket entregado", "ultimo turno entregado", "last ticket issued"),
    "ticket_served": ("ticket served", "ultimo ticket atendido", "ultimo turno atendido", "last ticket served"),
    "wait_minutes": (
        *(
            "wait minutes",
            "espera",
            "tiempo de espera",
            "minutos de espera",
            "waiting time",
            "average wait",
            "avg wait",
        ),
        *("espera promedio", "tiempo de espera promedio", "all avg wait", "mean wait"),
    ),
    "organisation": (
        *("organisation", "organization", "organizacion", "institucion", "socio", "partner", "actor", "agencia"),
        *("organizacion implementadora", "socio implementador", "implementing partner", "implementing organization"),
        *("acronimo de la organizacion", "acronimo", "org acronym", "org name", "nombre de la organizacion", "agency"),
        *("entidad", "responsable institucional", "organizacion que reporta", "reporting organization", "ejecutor"),
    ),
    "sector": (
        *("sector", "cluster", "sector cluster", "sectors", "sector short name", "grupo sectorial", "sector name"),
        *("area de responsabilidad o grupo", "area de responsabilidad", "subsector", "sub cluster", "mesa", "secteur"),
    ),
    "service": ("service", "servicio", "tipo de servicio", "service type", "tipo de atencion", "prestacion"),
    "activity": (
        *("activity", "actividad", "actividades", "activities", "nombre de la actividad", "activite", "intervencion"),
        *("activity name", "tipo de actividad", "accion"),
    ),
    "place": (
        *("place", "lugar", "ubicacion", "location", "distrito", "municipio", "estado", "departamento", "provincia"),
        *("parroquia", "admin 1", "admin 2", "adm1 name", "adm2 name", "admin1name", "admin2name", "mantika", "region"),
        *("municipality", "district", "province", "state", "commune", "localidad", "ciudad", "city"),
    ),
    "quantity": (
        *("quantity", "cantidad", "cantidad entregada", "alcanzado segun unidad de actividad", "unidades entregadas"),
        *("amount", "quantity delivered", "entregado", "unidades", "existencias", "stock", "disponible"),
    ),
    "unit": (
        *("unit", "unidad", "unidad de medida", "tipo de unidad del recurso", "unit of measure", "tipo de unidad"),
        *("unidad de actividad", "measure unit"),
    ),
    "item": ("item", "articulo", "insumo", "producto", "bien", "commodity"),
    "kind": ("kind", "tipo de recurso", "resource type", "recurso", "tipo"),
    "state": ("state of resource", "situacion", "estado del recurso", "condicion"),
    "capacity": ("capacity", "capacidad", "aforo", "plazas", "cupos"),
    "safe_capacity": ("safe capacity", "capacidad segura", "aforo seguro"),
    "present": ("present", "presentes", "personas presentes", "people present", "poblacion en el centro"),
    "shift": ("shift", "turno", "jornada"),
    "sex": ("sex", "sexo", "genero", "gender"),
    "age_band": ("age band", "grupo de edad", "grupo etario", "age group", "rango de edad", "edad", "age"),
    "nationality": ("nationality", "nacionalidad", "pais de nacionalidad", "country of origin"),
    "country": ("country code", "codigo de pais", "iso2"),
    "need": ("need", "necesidad", "necesidad especifica", "specific need", "perfil", "vulnerabilidad"),
    "method": ("method", "metodo", "metodo de conteo", "forma de registro"),
    "pathway": ("pathway", "ruta", "ruta de derivacion", "referral pathway"),
    "from_organisation": ("from organisation", "deriva", "organizacion que deriva", "referring organization"),
    "to_institution": ("to institution", "institucion receptora", "derivado a", "receiving institution"),
    "priority": ("priority", "prioridad"),
    "referred": ("referred", "derivados", "casos derivados", "derivaciones", "referrals"),
    "accepted": ("accepted", "aceptados", "casos aceptados"),
    "closed": ("closed", "cerrados", "casos cerrados"),
    "overdue": ("overdue", "vencidos", "casos vencidos"),
    "status": ("status", "estatus", "estatus de la actividad", "estado de la actividad", "activity status", "avance"),
    "number": ("id", "no", "nro", "n", "numero de registro", "record id", "codigo", "act id", "uuid", "index"),
    "title_es": ("title es", "evento", "titulo", "descripcion del evento"),
    "title_en": ("title en", "event", "title"),
}

# HXL: the tag, with the attributes that must stand beside it, and what such a column holds. The first that fits.
TAGS: tuple[tuple[str, frozenset[str], str], ...] = tuple(
    (tag, frozenset(attributes.split()), meaning)
    for tag, attributes, meaning in (
        ("#date", "start", "start"),
        ("#date", "end", "end"),
        ("#date", "reported", "issued_at"),
        ("#date", "", "start"),
        ("#sector", "", "sector"),
        ("#subsector", "", "sector"),
        ("#org", "type", ""),
        ("#org", "", "organisation"),
        ("#activity", "", "activity"),
        ("#service", "", "service"),
        *((f"#adm{level}", "name", "place") for level in (1, 2, 3)),
        ("#loc", "name", "place"),
        ("#reached", "", "people"),
        ("#affected", "", "people"),
        ("#output", "", "quantity"),
        ("#capacity", "", "capacity"),
        ("#status", "", "status"),
        ("#item", "", "item"),
    )
)

SMALL_WORDS = {
    "de",
    "del",
    "la",
    "el",
    "los",
    "las",
    "y",
    "e",
    "o",
    "en",
    "a",
    "of",
    "the",
    "and",
    "or",
    "in",
    "por",
    "by",
}


@lru_cache(maxsize=10_000)
def stems(phrase: str) -> tuple[str, ...]:
    """The words of a plain phrase that matter, without plural endings."""
    words = re.findall(r"[^\W_]+", phrase)
    return tuple(_stem(word) for word in words if word not in SMALL_WORDS) or tuple(words)


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith(("ciones", "siones")):
        return word[:-2]
    if len(word) > 4 and word.endswith("es") and word[-3] in "rlnzdj" and word[-4] in "aeiou":
        return word[:-2]  # mujeres, not hombres
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


@cache
def _by_stems() -> dict[tuple[str, ...], str]:
    known: dict[tuple[str, ...], str] = {}
    for meaning, phrases in MEANINGS.items():
        for phrase in (plain(meaning), *phrases):
            known.setdefault(stems(phrase), meaning)
    return known


@cache
def _as_written() -> dict[str, str]:
    known: dict[str, str] = {}
    for meaning, phrases in MEANINGS.items():
        for phrase in (plain(meaning), *phrases):
            known.setdefault(phrase, meaning)
    return known


@lru_cache(maxsize=10_000)
def meaning_of(phrase: str) -> str | None:
    """What a plain phrase means when it is one of the table: as it stands ("unidad" is no "unidades"), or whatever its
    plurals."""
    return _as_written().get(phrase) or _by_stems().get(stems(phrase))
