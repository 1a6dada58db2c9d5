"""Submissions of Kobo and ODK as rows of a dataset, and the place codes and tags under which others know a site."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from callbacks.csv_form import SERIES_TAGS, as_csv
from data.sources import Refused, parse
from data.sources.mapping import WrongMapping, read_mapping
from data.sources.submissions import rows_of
from tests.data.parsing import FLOW, NOW, SITES, codes, flow, read

MAPPING = """
dataset = "service"

[submissions]
{submissions}

[constants]
site = "tumbes"
sector = "wash"
organisation = "Cruz Roja"
start = "2019-06-14T06:00"
end = "2019-06-14T14:00"

[columns]
service = "{service}"
people = "{people}"
"""


def mapped(submissions: str = "", service: str = "servicio", people: str = "personas"):
    return read_mapping(MAPPING.format(submissions=submissions, service=service, people=people))


KOBO_REPEAT: dict[str, Any] = {
    "_id": 5,
    "_uuid": "u5",
    "inicio/organizacion": "x",
    "atencion/lista": [
        {"atencion/lista/servicio": "agua", "atencion/lista/cuenta/personas": "30"},
        {"atencion/lista/servicio": "duchas", "atencion/lista/cuenta/personas": "12"},
    ],
}
ODK_REPEAT = {
    "__id": "uuid:5",
    "inicio": {"organizacion": "x"},
    "atencion": {
        "lista@odata.navigationLink": "Submissions('uuid:5')/atencion/lista",
        "lista": [
            {"__id": "a", "servicio": "agua", "cuenta": {"personas": 30}},
            {"__id": "b", "servicio": "duchas", "cuenta": {"personas": 12}},
        ],
    },
}


@pytest.mark.parametrize("submission", [KOBO_REPEAT, ODK_REPEAT], ids=["kobo", "odk"])
def test_each_entry_of_a_repeat_is_a_row(submission: dict[str, Any]) -> None:
    mapping = mapped('repeat = "atencion/lista"', "servicio", "cuenta/personas")
    assert [row["servicio"] for row in rows_of(submission, mapping)] == ["agua", "duchas"]
    for header in ("personas", "cuenta/personas", "atencion/lista/cuenta/personas"):
        how = mapped('repeat = "atencion/lista"', people=header)
        parsed = read(json.dumps([submission]), "f.json", mapping=how)
        assert parsed.rows[["service", "people"]].to_numpy().tolist() == [["water", 30], ["showers", 12]]


def test_an_empty_repeat_is_no_report() -> None:
    mapping = mapped('repeat = "atencion/lista"')
    assert rows_of({"_id": 1, "servicio": "agua", "personas": "3"}, mapping) == []


def test_repeats_within_repeats() -> None:
    mapping = mapped('repeat = "sala/turno"')
    submission = {
        "sala": [
            {"sala/servicio": "agua", "sala/turno": [{"sala/turno/personas": "1"}, {"sala/turno/personas": "2"}]},
            {"sala/servicio": "duchas", "sala/turno": [{"sala/turno/personas": "3"}]},
        ]
    }
    assert [list(row.values()) for row in rows_of(submission, mapping)] == [
        ["agua", "1"],
        ["agua", "2"],
        ["duchas", "3"],
    ]


def test_a_choice_of_several_is_one_column_each() -> None:
    mapping = mapped(people="ofrece/agua")
    assert rows_of({"servicio": "agua", "ofrece": "agua comida"}, mapping)[0]["ofrece/agua"] == "1"
    assert rows_of({"servicio": "agua", "grupo/ofrece": "comida"}, mapping)[0]["ofrece/agua"] == "0"
    assert rows_of({"servicio": "agua"}, mapping)[0]["ofrece/agua"] is None


def test_a_name_that_two_questions_share_has_to_be_written_whole() -> None:
    both = {"servicio": "agua", "a/personas": "1", "b/personas": "2"}
    with pytest.raises(Refused, match="duplicate_headers"):
        rows_of(both, mapped())
    assert rows_of(both, mapped(people="b/personas"))[0]["b/personas"] == "2"


def test_a_question_that_no_form_has_is_told() -> None:
    told = [{"_id": n, "servicio": "agua", "persona": "4"} for n in range(30)]
    with pytest.raises(Refused, match="missing_columns"):
        read(json.dumps(told), "f.json", mapping=mapped())
    parsed = read(json.dumps(told[:2]), "f.json", mapping=mapped())
    assert (len(parsed.rows), parsed.not_reported) == (0, 2)
    assert "questions_unanswered" in [note.code for note in parsed.notes]


@pytest.mark.parametrize(
    "answer",
    [
        {"datos/nombre_completo": "Rosa Quispe"},
        {"phonenumber": "+51999888777"},
        {"observaciones": "escribir a rosa@example.org"},
        {"datos": {"fecha_de_nacimiento": "1990-02-03"}},
    ],
)
def test_a_file_with_a_persons_answers_is_refused(answer: dict[str, Any]) -> None:
    told = json.dumps([{"_id": 1, "servicio": "agua", "personas": "4", **answer}])
    with pytest.raises(Refused, match="personal_column") as refused:
        read(told, "f.json", mapping=mapped())
    assert not {"Rosa", "999888777", "rosa@example.org", "1990"} & set(str(refused.value).split("'"))


def test_the_names_that_the_tools_add_refuse_nothing() -> None:
    told = [{"_id": 1, "username": "m", "deviceid": "ee", "_submitted_by": "m", "servicio": "agua", "personas": "4"}]
    assert read(json.dumps({"results": told}), "f.json", mapping=mapped()).rows["people"].tolist() == [4]


def test_a_list_of_odk_without_answers_says_where_they_are() -> None:
    told = [{"instanceId": "uuid:1", "createdAt": "2019-06-14T12:00:00Z", "submitterId": 5}]
    with pytest.raises(Refused, match="submissions_without_answers"):
        read(json.dumps(told), "f.json", mapping=mapped())


def test_a_mapping_of_submissions_that_combines_otherwise_is_wrong() -> None:
    with pytest.raises(WrongMapping, match=r"submissions\.combine"):
        mapped('combine = "median"')


# Places by their codes.

CODED = {
    **SITES,
    "tumbes": replace(SITES["tumbes"], ubigeo="240302"),
    "puno": replace(SITES["night"], site="puno", name="Desaguadero", ubigeo="010203"),
    "a": replace(SITES["night"], site="a", name="A", ubigeo="200101"),
    "b": replace(SITES["night"], site="b", name="B", ubigeo="200101"),
}


def sites_read(*codes_written: str) -> list[str]:
    rows = [f"{code},migration-control,served,2018-10-31T{n:02}:00,60,1" for n, code in enumerate(codes_written)]
    content = flow(*rows).encode()
    return parse(content, "f.csv", dataset=None, mapping=None, sites=CODED, now=NOW).rows["site"].tolist()


def test_a_site_is_known_by_its_ubigeo_and_its_p_code() -> None:
    assert sites_read("240302", "PE240302", "pe240302", "tumbes", "CEBAF Tumbes") == ["tumbes"] * 5


def test_a_code_whose_zero_a_spreadsheet_took_is_still_known() -> None:
    assert sites_read("010203", "10203", "PE010203") == ["puno"] * 3


def test_a_code_that_two_sites_share_names_neither() -> None:
    assert sites_read("200101", "PE200101") == []


HXL_ROWS = """Departamento,Distrito,Paso,Etapa,Medida,Hora,Minutos,Total
#adm1+code,#adm3+code+v_pcode,#loc+name,#loc+stage,#indicator+measure,#date+start,#meta+minutes,#affected
PE24,PE240302,CEBAF,migration-control,served,2018-10-31T14:00,60,312
"""


def test_a_tagged_file_names_its_place_by_code_and_needs_no_mapping() -> None:
    parsed = parse(HXL_ROWS.encode(), "f.csv", dataset=None, mapping=None, sites=CODED, now=NOW)
    assert parsed.rows[["site", "people"]].to_numpy().tolist() == [["tumbes", 312]]


def test_a_site_column_goes_before_a_code() -> None:
    content = f"{FLOW},Distrito\n,,,,,,#adm3+code\ntumbes,migration-control,served,2018-10-31T14:00,60,1,PE010203\n"
    parsed = parse(content.encode(), "f.csv", dataset=None, mapping=None, sites=CODED, now=NOW)
    assert parsed.rows["site"].tolist() == ["tumbes"]
    assert codes(parsed) == []


def test_a_series_goes_out_with_its_tags_under_the_header() -> None:
    row = {"start": "2019-06-14T00:00:00-05:00", "value": 5, **dict.fromkeys(list(SERIES_TAGS)[2:])}
    header, tags, line, _ = as_csv({"rows": [row]}, SERIES_TAGS).split("\r\n")
    assert header.split(",")[:2] == ["start", "value"]
    assert tags.split(",")[:2] == ["#date+start", "#affected"]
    assert line.startswith("2019-06-14T00:00:00-05:00,5")
    assert as_csv({"rows": [row]}).count("#") == 0
