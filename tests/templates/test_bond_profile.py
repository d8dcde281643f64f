"""Profiles of impact bonds: what the records print, bound to its source, in three languages."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from evidens.briefs import Wanted, write_briefs
from evidens.dossiers import named_reports, project_dossier
from evidens.registry_figures import span_of
from meta.faults import InputError
from registry.analyses import Analysis
from registry.indigo import STATED
from registry.session import reading
from registry.terms import LANGUAGES
from studies.kept.kinds import held_records
from studies.project import Project
from templates.bond_contexts import BondProfile
from templates.bond_fields import ASKED, BLOCKS, LABELS
from templates.bond_profile import bond_profile, bond_profile_document
from templates.bound import BoundNumber, numbers_of, visible
from templates.charts.timeline import timeline
from templates.citations import cited
from templates.documents import write_document
from templates.dossier import ProjectDossier
from templates.render import render
from templates.words import Words
from tests.databases import SqliteFiles, take_in_the_collection
from tests.templates.test_accessibility import Tree
from tests.templates.test_overview import FOR_EVERYBODY

SOURCE = {"report": "golab-indigo-2025", "where": "results table", "read": "secondary"}


def none(identity: str) -> Analysis:
    raise AssertionError(f"{identity} is not asked for")


def made(**fields: Any) -> ProjectDossier:
    """A dossier of a project with little but some fields."""
    year = {"field": "x_year", "value": "2015", "source": SOURCE}
    given = {"project": "a", "name": "A", "statements": [year], **fields}
    return ProjectDossier(project=Project.model_validate(given), reports=())


def page_of(dossier: ProjectDossier, language: str) -> tuple[str, tuple[BoundNumber, ...]]:
    document = bond_profile_document(dossier, language)
    return numbers_of(render(document.template, document.context, Words(language).say))


@pytest.fixture(scope="module")
def shipped(sqlite_databases: SqliteFiles) -> str:
    """A registry with the shipped collection, on one engine: what is told here is read from records."""
    return sqlite_databases.filled(take_in_the_collection)


@pytest.fixture(scope="module")
def dossiers(shipped: str) -> Mapping[str, ProjectDossier]:
    """The shipped projects, without syntheses."""
    with reading(shipped) as session:
        projects = [one for one in held_records(session, ["project"]) if isinstance(one, Project)]
        return {one.project: ProjectDossier(project=one, reports=()) for one in projects}


def test_every_shipped_project_is_told_in_three_languages_without_a_loose_digit(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    assert len(dossiers) >= 33
    counts = 0
    for identity, dossier in dossiers.items():
        for language in LANGUAGES:
            page, numbers = page_of(dossier, language)
            assert page.count("{.number") >= len(numbers)
            assert all(one.what and one.source and one.rule for one in numbers), identity
            bound = {one.text for one in numbers if cited_in(one)}
            for result in dossier.project.results:
                for count in filter(None, (result.engaged, result.positive, result.numerator)):
                    group = {"da": ".", "nb": "\N{NO-BREAK SPACE}", "en": ","}[language]
                    assert f"{int(count):,}".replace(",", group) in bound, (identity, count)
                    counts += 1
    assert counts > 100


def cited_in(number: BoundNumber) -> bool:
    return "@{" in number.source


# GO Lab's export of May 2025: engaged, job starts; the share of them as its readers work it out.
FIVE_SITES = {
    "haringey-barnet-ips": (704, 219, "31.1%"),
    "enfield-ips": (239, 84, "35.1%"),
    "shropshire-ips": (496, 170, "34.3%"),
    "drug-and-alcohol-ips": (1009, 276, "27.4%"),
    "tower-hamlets-ips": (1171, 358, "30.6%"),
}


def test_a_share_is_worked_out_from_printed_counts_and_says_so(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    for identity, (engaged, positive, share) in FIVE_SITES.items():
        context = bond_profile(dossiers[identity], "en")
        first = context.metrics[0].results[0]
        assert visible(first.value) == f"{positive} of {engaged:,} = {share}"
        assert first.compared == "no comparison"
        assert any("no effect" in one for one in context.cautions)
        _, numbers = page_of(dossiers[identity], "en")
        (derived,) = [one for one in numbers if one.text == share]
        assert derived.source == "Computed from numbers in @{golab-indigo-2025}"
        assert any(
            one.text == str(positive)
            and one.source == "[@{golab-indigo-2025}{}, results table]"
            and one.what == "Result on “job start”"
            for one in numbers
        )


def test_disputed_counts_stand_marked_and_nothing_follows_from_them(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    context = bond_profile(dossiers["tower-hamlets-learning-disability"], "en")
    values = [visible(one.value) for block in context.metrics for one in block.results]
    assert values == ["111 of 75", "96 of 75", "9 of 75"]
    assert [one.mark for block in context.metrics for one in block.results] == ["a", "b", "c"]
    assert [one.mark for one in context.disputes] == ["a", "b", "c"]
    assert "75 people engaged cannot have 111 job starts" in visible(context.disputes[0].words)
    assert [visible(one) for one in context.checks] == [
        "111 of 75 people are more than there are.",
        "96 of 75 people are more than there are.",
    ]
    assert len(context.cautions) == 1
    assert "disputed" in context.cautions[0]


def test_what_was_paid_beyond_the_most_is_told_as_a_failed_check(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    for language, said in (
        ("da", "1.568.319 er udbetalt, men højst 1.439.148 kunne udbetales."),
        ("en", "1,568,319 was paid, but at most 1,439,148 could be."),
    ):
        context = bond_profile(dossiers["haringey-barnet-ips"], language)
        assert [visible(one) for one in context.checks] == [said]


def test_amounts_stay_in_their_currency_and_are_never_added_up(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    (money,) = [
        one for one in bond_profile(dossiers["norrkoping"], "da").blocks if one.heading == "Penge"
    ]
    assert [(line.label, visible(line.value), line.mark) for line in money.lines] == [
        ("Tilsagt investering", "10\xa0mio.\xa0SEK", "a"),
        ("Tilsagt investering", "7,5\xa0mio.\xa0SEK", "b"),
        ("Tilsagt investering, højst", "10\xa0mio.\xa0SEK", "c"),
        ("Betalt for effekten", "0\xa0SEK", "d"),
    ]
    page, _ = page_of(dossiers["norrkoping"], "da")
    assert "17,5" not in page
    (money,) = [
        one
        for one in bond_profile(dossiers["haringey-barnet-ips"], "da").blocks
        if one.heading == "Penge"
    ]
    assert [visible(line.value) for line in money.lines[:1]] == ["1.439.148, valuta ikke oplyst"]
    assert sum("108.990" in line.value for line in money.lines) == 2  # two payments, not their sum


def test_people_reached_are_held_against_those_planned_where_each_is_told_once(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    def reached(dossier: ProjectDossier) -> list[str]:
        return [
            visible(line.value)
            for block in bond_profile(dossier, "en").blocks
            for line in block.lines
            if line.label == "Share of the planned number reached"
        ]

    assert Fraction(2636, 2500) * 100 == Fraction("105.44")
    assert reached(dossiers["koto-sib"]) == ["105%"]
    assert reached(dossiers["essex-edge-of-care"]) == []  # 388 and 389 are in dispute
    people = "service_and_beneficiaries.{}_number_service_users_or_beneficiaries_total"
    aim = {"field": people.format("targeted"), "value": "100", "source": SOURCE}
    came = {"field": people.format("actual"), "value": "50", "source": SOURCE}
    assert reached(made(statements=[aim, came])) == ["50%"]
    assert reached(made(statements=[aim | {"qualifier": "about"}, came])) == []
    assert reached(made(statements=[aim | {"value": "0"}, came])) == []


def test_dates_and_durations_are_as_exact_as_the_source(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    context = bond_profile(dossiers["norrkoping"], "nb")
    said = {line.label: visible(line.value) for block in context.blocks for line in block.lines}
    assert said["Begynnelse"] == "august 2016"
    assert said["Avslutning"] == "2019"
    assert said["Planlagt varighet"] == "2 år"
    where = next(one.text for one in context.points if one.name == "Hvor og når")
    assert visible(where) == "Norrköping, Sverige. Begynte august 2016; sluttet 2019."


def test_a_signed_contract_is_not_called_the_beginning(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    points = bond_profile(dossiers["slagelse-ips"], "en").points
    where = next(one.text for one in points if one.name == "Where and when")
    assert visible(where) == "Slagelse, Denmark. Contract signed December 2023."


def test_effects_bear_their_comparison_and_their_unit(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    first = bond_profile(dossiers["koto-sib"], "en").metrics[0].results[0]
    assert visible(first.compared) == "randomised control group; mean difference: 4,500"
    assert visible(first.compared_unit).startswith("EUR per immigrant")
    blocks = bond_profile(dossiers["peterborough-one-service"], "en").metrics
    assert visible(blocks[0].results[0].compared) == (
        "matched comparison group (155); relative reduction in per cent: 8.4"
    )
    blocks = bond_profile(dossiers["rikers-able"], "en").metrics
    assert visible(blocks[1].results[0].compared).endswith("not statistically significant")


def test_a_result_is_held_against_its_target_where_both_have_one_unit(
    dossiers: Mapping[str, ProjectDossier],
) -> None:
    enrolment = bond_profile(dossiers["educate-girls"], "en").metrics[0].results[0]
    assert visible(enrolment.target) == "116% of the target"
    target = {"operator": "at-least", "value": "2.1", "unit": "days"}
    metric = {"definition": "days", "threshold": target, "source": SOURCE}
    result = {"metric": "days", "value": "6.5", "unit": "days", "source": SOURCE}
    context = bond_profile(made(metrics={"days": metric}, results=[result]), "en")
    # 6.5 / 2.1 is 309.5… per cent
    assert visible(context.metrics[0].results[0].target) == "reached: 310% of the target"
    for operator, value, said in (
        ("at-least", "1.5", "not reached: 71% of the target"),  # 1.5 / 2.1 is 71.4… per cent
        ("at-most", "1.5", "reached"),
        ("at-most", "6.5", "not reached"),
    ):
        changed = metric | {"threshold": target | {"operator": operator}}
        project = made(metrics={"days": changed}, results=[result | {"value": value}])
        line = bond_profile(project, "en").metrics[0].results[0]
        assert visible(line.target) == said
    for shipped in ("finland-tyhy", "essex-edge-of-care"):  # in dispute: nothing is worked out
        assert bond_profile(dossiers[shipped], "en").metrics[0].results[0].target == "–"


def test_a_project_of_which_almost_nothing_is_known_says_so() -> None:
    for language in LANGUAGES:
        context = bond_profile(made(), language)
        for nothing in (context.metrics, context.disputes, context.checks, context.cautions):
            assert not nothing
        assert [len(one.lines) for one in context.blocks] == [1]
        say = Words(language).say
        for name in ASKED:
            known = name == "begins"
            assert (say(f"bond.field.{name}") in context.unknown) is not known, name
        page, numbers = page_of(made(), language)
        assert say("bond.heading.results") not in page
        assert {one.text for one in numbers} == {"2015"}


def test_what_is_known_is_not_called_unknown() -> None:
    party = {"name": "B", "source": SOURCE}
    context = bond_profile(
        made(
            parties={
                "b": party | {"role": "outcome-payer"},
                "c": party | {"role": "service-provider"},
                "d": party | {"role": "lender"},
            },
            metrics={
                "job": {"definition": "a job", "validation_level": "ex-post", "source": SOURCE}
            },
            pricings=[{"metric": "job", "price": "100", "currency": "EUR", "source": SOURCE}],
            payments=[{"type": "Actual", "amount": "5", "currency": "EUR", "source": SOURCE}],
            results=[{"metric": "job", "counterfactual": {"type": "matched"}, "source": SOURCE}],
        ),
        "en",
    )
    assert context.unknown == (
        "end, target population, planned number, number reached, investment committed and "
        "highest possible payment for outcomes"
    )
    assert visible(context.metrics[0].price) == "Price per unit: EUR\xa0100"


def test_an_investment_within_a_range_and_one_in_dollars_alone() -> None:
    investments = [
        {"currency": "DKK", "least": "1 million", "most": "2 million", "source": SOURCE},
        {"currency": "DKK", "least": "3", "source": SOURCE},
        {"most": "4", "source": SOURCE},
        {"usd_exact": "5", "investor": "fund", "source": SOURCE},
        {"note": "Nothing is told.", "source": SOURCE},
    ]
    fund = {"name": "The Fund", "role": "investor", "source": SOURCE}
    context = bond_profile(made(investments=investments, parties={"fund": fund}), "en")
    (money,) = [one for one in context.blocks if one.heading == "Money"]
    assert [visible(line.value).replace("\xa0", " ") for line in money.lines] == [
        "from DKK 1 million to DKK 2 million",
        "at least DKK 3",
        "at most 4, currency not stated",
        "USD 5 from The Fund",
        "–",
    ]


def test_twenty_seven_disputes_have_letters_of_their_own() -> None:
    said = {"field": "x_stage", "disputed": "Others say else.", "source": SOURCE}
    statements = [said | {"value": f"stage {one}"} for one in range(27)]
    context = bond_profile(made(statements=statements), "en")
    marks = [one.mark for one in context.disputes]
    assert marks[:2] + marks[25:] == ["a", "b", "z", "aa"]
    assert len(set(marks)) == 27
    assert [line.mark for line in context.blocks[0].lines] == marks


HOSTILE = "# x | ![a](file:///etc/passwd) <script>y</script> [b](javascript:z) `c` ^d^ @e {{ f }}"


def test_markup_in_a_record_stays_text(tmp_path: Path) -> None:
    metric = {"definition": HOSTILE, "target": HOSTILE, "disputed": HOSTILE, "source": SOURCE}
    result = {"metric": "job", "achieved": HOSTILE, "value": "5", "unit": HOSTILE, "source": SOURCE}
    dossier = made(
        name=HOSTILE,
        note=HOSTILE,
        statements=[{"field": "x_stage", "value": HOSTILE, "note": HOSTILE, "source": SOURCE}],
        parties={"b": {"name": HOSTILE, "role": "investor", "source": SOURCE}},
        locations=[{"name": HOSTILE, "source": SOURCE}],
        metrics={"job": metric},
        results=[result],
    )
    document = bond_profile_document(dossier, "da")
    (file,) = write_document(document, tmp_path, ("html",))
    text = file.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert 'href="javascript' not in text
    shown = re.sub("<[^>]+>", "", text)
    # title, box, heading of the list, place, party, stage with note, metric, target, result, unit, dispute
    assert shown.count("![a](file:///etc/passwd)") >= 10


def test_every_field_that_can_be_stated_has_its_place_and_its_name() -> None:
    assert set(LABELS) == set(STATED)
    assert sum(map(len, BLOCKS.values())) == len(STATED)
    for language in LANGUAGES:
        words = Words(language)
        for name in (*LABELS.values(), *ASKED):
            assert words.say(f"bond.field.{name}")


def test_values_of_every_form_are_told() -> None:
    example = {
        "number": "5",
        "duration": "18 months",
        "date": "2013-04-30",
        "country": "DK",
        "text": "words",
    }
    statements = [
        {
            "field": path,
            "value": example.get(field.form) or field.words[0],
            "source": SOURCE,
        }
        for path, field in STATED.items()
    ]
    for language in LANGUAGES:
        context = bond_profile(made(statements=statements), language)
        lines = [line for block in context.blocks for line in block.lines]
        assert len(lines) >= len(STATED)
        assert all(line.value or line.words for line in lines)
        page_of(made(statements=statements), language)


def test_the_timeline_is_drawn_where_both_ends_are_known(shipped: str) -> None:
    with reading(shipped) as session:
        known = project_dossier(session, "norrkoping", LANGUAGES, none)
        unknown = project_dossier(session, "koto-sib", LANGUAGES, none)
    assert set(known.timelines) == set(LANGUAGES)
    assert "2016" in known.timelines["da"].description
    (drawn,) = bond_profile_document(known, "da").figures
    assert drawn.name == "timeline"
    assert unknown.timelines == {}
    assert bond_profile_document(unknown, "da").figures == ()


@pytest.mark.parametrize(
    ("begins", "ends", "known"),
    [
        ("2015", "2013", (2015, None)),  # in dispute: a source may print it
        ("2015-04", "2015-02", (2015, 2015)),
        ("1066", "2013", (None, 2013)),
        ("2015", "2999", (2015, None)),
    ],
)
def test_years_that_cannot_be_are_not_drawn(
    begins: str, ends: str, known: tuple[int | None, int | None]
) -> None:
    dates = {
        "dates.start_date_of_service_provision": begins,
        "dates.actual_end_date_of_service_provision": ends,
    }
    said = {"disputed": "The dates do not fit.", "source": SOURCE}
    statements = [said | {"field": field, "value": value} for field, value in dates.items()]
    span = span_of(made(statements=statements).project, "en")
    assert (span.begins, span.ends) == known
    if span.begins is not None:
        assert str(span.begins) in timeline([span], "en").description


def test_the_reports_behind_a_record_are_its_references(shipped: str) -> None:
    with reading(shipped) as session:
        dossier = project_dossier(session, "norrkoping", ["da"], none)
    told = set(named_reports(dossier.project.model_dump()))
    document = bond_profile_document(dossier, "da")
    assert {one["id"] for one in document.references} == told
    assert told == {
        "effektkontrakter-2017",
        "sociale-investeringer-norrkoping",
        "rise-norrkoping-2021",
        "altinget-norrkoping",
    }


def test_a_synthesis_on_the_intervention_is_told_with_its_effect(
    shipped: str, analysis: Analysis
) -> None:
    asked: list[str] = []

    def analysed(identity: str) -> Analysis:
        asked.append(identity)
        return analysis

    with reading(shipped) as session:
        ips = project_dossier(session, "roskilde-ips", ["da"], analysed)
        other = project_dossier(session, "essex-edge-of-care", ["da"], none)
    assert asked == ["ips-employment", "ips-nordic", "ips-other-conditions", "ips-ptsd", "ips-vive"]
    assert other.analyses == ()
    line = bond_profile(ips, "da").syntheses[-1]
    # metafor 3.8-1: rma(measure="RR", test="knha") of the counts of the three trials
    assert visible(line.effect).endswith(": relativ risiko 2,54 [1,14; 5,66]")
    assert (visible(line.k), visible(line.pointer)) == ("3", "ips-vive, version 2026.1")
    _, numbers = page_of(ips, "da")
    (estimate,) = [one for one in numbers if one.text == "2,54"]
    assert "ips-vive" in estimate.source


@pytest.mark.parametrize(
    ("kinds", "identities", "said"),
    [
        (("bond-profile",), ("nobody",), "there is no project 'nobody'"),
        (("bond-profile",), ("ips-vive",), "'ips-vive' is a synthesis, and .* about a project"),
        (("note",), ("norrkoping",), "'norrkoping' is a project, and .* about a synthesis"),
        (("bond-profile",), (), "bond-profile is about a project.*project list"),
        (("note",), (), "note is about a synthesis.*synthesis list"),
        (("profile",), ("norrkoping",), "'profile' is no kind of brief"),
    ],
)
def test_what_a_kind_is_not_about_is_refused_by_name(
    kinds: tuple[str, ...], identities: tuple[str, ...], said: str, shipped: str, tmp_path: Path
) -> None:
    wanted = Wanted(identities=identities, kinds=kinds, folder=tmp_path / "out")
    with pytest.raises(InputError, match=said):
        list(write_briefs(shipped, wanted))
    assert not (tmp_path / "out").exists()


def test_profiles_are_written_in_every_format(shipped: str, tmp_path: Path) -> None:
    wanted = Wanted(identities=("norrkoping",), kinds=("bond-profile",), folder=tmp_path)
    files = list(write_briefs(shipped, wanted))
    assert [file.name for file in files] == [
        "norrkoping.bond-profile.da.html",
        "norrkoping.bond-profile.da.pdf",
        "norrkoping.bond-profile.da.docx",
        "norrkoping.bond-profile.da.timeline.svg",
        "norrkoping.bond-profile.da.md",
    ]
    text = files[0].read_text(encoding="utf-8")
    assert '<span lang="en">' in text
    assert text.count('class="number"') > 10
    assert "RISE" in text
    # A report that names no author is cited by its title.
    assert "not stated" not in text
    assert "Lærdom fra andre land" in text
    for rule in FOR_EVERYBODY:
        rule(Tree(text))
    before = [file.read_bytes() for file in files]
    assert [file.read_bytes() for file in write_briefs(shipped, wanted)] == before


def test_the_context_is_plain_text_marked_with_sources() -> None:
    context = bond_profile(made(), "en")
    assert isinstance(context, BondProfile)
    line = context.blocks[0].lines[0]
    assert line.source == cited("golab-indigo-2025")
    assert visible(line.value) == "2015" != line.value
