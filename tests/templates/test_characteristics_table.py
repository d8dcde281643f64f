"""The table of characteristics: what the records have, as they print it, and what they do not have."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from registry.analyses import Analysis, analyse
from registry.queries import ReportedSize, Source
from registry.session import reading
from registry.study_descriptions import (
    DescribedArm,
    MeasuredOutcome,
    StudyDescription,
    study_descriptions,
)
from studies.ingest import COLLECTION
from templates import characteristics_table
from templates.bound import visible
from templates.characteristics_table import CharacteristicsBlock, characteristics_of
from templates.origins import Origins
from tests.templates.sections import section

HERE = Source("vive-2017", "section 3.2", None, "secondary")
ELSEWHERE = Source("no-such-report", "table 7", None, "secondary")


def described(study: str, **parts: object) -> StudyDescription:
    nothing: dict[str, object] = {"registration": None, "arms": (), "sizes": (), "outcomes": ()}
    return StudyDescription(study=study, **{**nothing, **parts})  # type: ignore[arg-type]


def of_davis(analysis: Analysis, language: str = "da", **parts: object) -> CharacteristicsBlock:
    found = characteristics_of(Origins(analysis, language), [described("davis-2012", **parts)])
    return found.blocks[-1]


def told(block: CharacteristicsBlock) -> list[tuple[str, str]]:
    return [(line.name, visible(line.text)) for line in block.lines]


def test_a_study_is_told_as_its_record_has_it(shipped: str) -> None:
    with reading(shipped) as session:
        analysis = analyse(session, "ips-vive")
        found = study_descriptions(session, [one.study for one in analysis.included])
    bejerholm, michon, davis = characteristics_of(Origins(analysis, "da"), found).blocks
    assert visible(bejerholm.study) == "Bejerholm m.fl. (2015) – Sverige"
    assert visible(bejerholm.about) == (
        "Randomiseret kontrolleret forsøg; personer med svær psykisk sygdom; registreret som NCT00960024"
    )
    assert told(bejerholm)[:3] == [
        ("Indsats", "IPS (antal personer ikke trykt)"),
        (
            "Sammenligning",
            "Sædvanlig beskæftigelsesindsats (SB), i kilden: Traditional vocational rehabilitation (TVR) "
            "(antal personer ikke trykt)",
        ),
        ("Hele studiet", "120 randomiseret; 73 pct. undersøgt efter 18 mdr."),
    ]
    assert visible(michon.about).endswith("registrering ikke oplyst")
    assert told(michon) == [
        ("Indsats", "IPS (70 randomiseret)"),
        (
            "Sammenligning",
            "Sædvanlig beskæftigelsesindsats (SB), i kilden: Usual vocational rehabilitation "
            "(81 randomiseret)",
        ),
        ("Hele studiet", "151 deltagere"),
        (
            "Udfald og opfølgning",
            "Andel personer i beskæftigelse, efter 18 mdr. og i løbet af 30 mdr.; "
            "Antal arbejdede dage, over 30 mdr.; Antal arbejdede timer, over 30 mdr.",
        ),
    ]
    assert told(davis)[0] == ("Indsats", "IPS (42 randomiseret)")


@pytest.mark.parametrize("synthesis", ["ips-employment", "ips-other-conditions"])
def test_every_printed_size_of_the_records_stands_there_with_its_report(
    synthesis: str, shipped: str
) -> None:
    with reading(shipped) as session:
        analysis = analyse(session, synthesis)
        found = study_descriptions(session, [one.study for one in analysis.included])
    table = characteristics_of(Origins(analysis, "en"), found)
    page, numbers = section("characteristics", table, "en")
    assert len(table.blocks) == len(analysis.included) > 2
    for study in analysis.included:
        text = (COLLECTION / "records" / f"{study.study}.yaml").read_text(encoding="utf-8")
        registered = re.search(r"^registration: (.+)$", text, flags=re.MULTILINE)
        assert registered is None or registered[1] in page
        sizes = re.search(r"^sizes:\n((?:[ -].*\n)+)", text, flags=re.MULTILINE)
        for size in re.split(r"^  - ", sizes[1] if sizes else "", flags=re.MULTILINE)[1:]:
            (printed,) = re.findall(r"^ +(?:n|percent): (\S+)$", size, flags=re.MULTILINE)
            (report,) = re.findall(r"report: ([a-z0-9-]+)", size)
            bound = [
                one
                for one in numbers
                if re.sub(r"[,%]", "", one.text) == printed
                and one.what == f"number of people in {study.label.replace('m.fl.', 'et al.')}"
            ]
            assert any(report in one.source for one in bound), (study, size)


def test_sizes_and_windows_of_every_kind_have_their_words(analysis: Analysis) -> None:
    arm = DescribedArm("ips", "intervention", "ips", "IPS")
    sizes = [
        ReportedSize("ips", "randomised", None, "n", "1121", HERE),
        ReportedSize("ips", "assessed", "6 months", "percent", "9.50", HERE),
        ReportedSize("ips", "analysed", "not-printed", "n", "3", ELSEWHERE),
        ReportedSize(None, "participants", None, "n", "2238", HERE),
    ]
    seen = [
        MeasuredOutcome("weeks-worked", "over", "78 weeks", HERE),
        MeasuredOutcome("weeks-worked", "during", "mean 41 months", HERE),
        MeasuredOutcome("weeks-worked", "during", "months 7 to 18", HERE),
        MeasuredOutcome("weeks-worked", "during", "not-printed", HERE),
        MeasuredOutcome("weeks-worked", None, None, HERE),
        MeasuredOutcome("hours-worked", "at", "1 months", ELSEWHERE),
    ]
    block = of_davis(analysis, arms=(arm,), sizes=tuple(sizes), outcomes=tuple(seen))
    assert told(block) == [
        (
            "Indsats",
            "IPS (1.121 randomiseret; 9,50 pct. undersøgt efter 6 mdr.; 3 analyseret "
            "(tidspunkt ikke trykt))",
        ),
        ("Sammenligning", "ikke oplyst"),
        ("Hele studiet", "2.238 deltagere"),
        (
            "Udfald og opfølgning",
            "Antal arbejdede uger, over 18 mdr., i løbet af 41 mdr. (gennemsnit), fra måned 7 til 18 "
            "og tidspunkt ikke trykt; Antal arbejdede timer, efter 1 md.",
        ),
    ]


def test_a_study_that_nothing_describes_says_so_in_each_language(analysis: Analysis) -> None:
    said = {
        language: [told(one) for one in characteristics_of(Origins(analysis, language), []).blocks]
        for language in ("da", "nb", "en")
    }
    assert said["en"][0] == [
        ("Intervention", "not stated"),
        ("Comparator", "not stated"),
        ("Outcomes and follow-up", "no result in the registry"),
    ]
    assert said["da"][0][2] == ("Udfald og opfølgning", "intet resultat i registret")
    assert said["nb"][0][2] == ("Utfall og oppfølging", "ikke noe resultat i registeret")


def test_a_report_that_the_document_does_not_list_is_not_cited(analysis: Analysis) -> None:
    size = ReportedSize(None, "participants", None, "n", "12", ELSEWHERE)
    table = characteristics_of(Origins(analysis, "da"), [described("davis-2012", sizes=(size,))])
    page, numbers = section("characteristics", table)
    assert "no-such-report" not in page
    assert [one.source for one in numbers if one.text == "12"] == ["Davis m.fl. (2012), tabel 7"]


def test_markdown_and_digits_in_a_record_stay_text(analysis: Analysis) -> None:
    arm = DescribedArm("x", "comparator", "usual-services", "*A* | 7 <b> [l](http://e.org)")
    table = characteristics_of(
        Origins(analysis, "da"),
        [described("davis-2012", arms=(arm,), registration="ISRCTN_1_*2*")],
    )
    page, _ = section("characteristics", table)
    assert r"\*A\* \| 7 \<b\> \[l\](http://e.org)" in page
    assert r"ISRCTN\_1\_\*2\*" in page


def test_descriptions_come_in_the_order_asked_for_and_once(shipped: str) -> None:
    with reading(shipped) as session:
        found = study_descriptions(
            session, ["michon-2014", "no-such-study", "davis-2012", "michon-2014"]
        )
    assert [one.study for one in found] == ["michon-2014", "davis-2012"]
    windows = [(one.outcome, one.window) for one in found[0].outcomes]
    assert len(windows) == len(set(windows)) == 4  # hours over 30 months are printed twice


def test_every_field_has_help() -> None:
    owners = [one for one in vars(characteristics_table).values() if hasattr(one, "__match_args__")]
    own = [one for one in owners if one.__module__ == characteristics_table.__name__]
    assert len(own) == 3
    for owner in own:
        for one in fields(owner):
            assert one.metadata["help"].endswith(".")


def test_neither_a_word_nor_a_digit_stands_in_the_template() -> None:
    text = Path("templates/briefs/sections/characteristics.md.j2").read_text(encoding="utf-8")
    prose = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|^:::.*$|^Table: ", "", text, flags=re.MULTILINE)
    assert re.findall(r"\w", prose) == []


def test_countries_are_named_or_their_absence_is(analysis: Analysis) -> None:
    nowhere = replace(
        analysis, studies=tuple(replace(one, countries=()) for one in analysis.studies)
    )
    (first, *_) = characteristics_of(Origins(nowhere, "da"), []).blocks
    assert visible(first.study).endswith("– land ikke oplyst")
