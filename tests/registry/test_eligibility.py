"""Eligibility: which studies an inclusion rule takes, why it leaves others out, and rules that cannot be."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError
from meta.models.pooling import pool
from registry.analyses import Analysis, analyse
from registry.eligibility import InclusionRule, StudyFacts, reason_against
from registry.session import reading, transaction
from registry.vocabulary import REVIEWS
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]
PLAN = (COLLECTION / "syntheses" / "ips-employment.yaml").read_text(encoding="utf-8")
TRIAL = StudyFacts(
    design="randomised-trial",
    population="schizophrenia",
    intervention="ips",
    comparator="waiting-list",
    countries=("DK", "SE"),
    year=2012,
    tiers=frozenset(("derived", "reconstructed")),
)


@pytest.fixture(scope="module")
def employment(sqlite_databases: SqliteFiles) -> Analysis:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        return analyse(session, "ips-employment")


def record(name: str) -> str:
    return (COLLECTION / "records" / f"{name}.yaml").read_text(encoding="utf-8")


def changed(*changes: tuple[str, str], text: str = PLAN) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def analysed(url: str, *texts: str) -> Analysis:
    with transaction(url) as session:
        take_in(session, [check_yaml(text) for text in texts])
        return analyse(session, "ips-employment")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (InclusionRule(), None),
        (InclusionRule(designs=("cluster-randomised-trial",)), "wrong-design"),
        (InclusionRule(designs=("cluster-randomised-trial", "randomised-trial")), None),
        (InclusionRule(populations=("early-psychosis",)), "wrong-population"),
        (InclusionRule(interventions=("ips-modified",)), "wrong-intervention"),
        (InclusionRule(comparators=("usual-services",)), "wrong-comparator"),
        (InclusionRule(countries=("DK",)), "wrong-country"),
        (InclusionRule(countries=("DK", "NO", "SE")), None),
        (InclusionRule(first_year=2012, last_year=2012), None),
        (InclusionRule(first_year=2013), "wrong-year"),
        (InclusionRule(last_year=2011), "wrong-year"),
        (InclusionRule(counts=("reported", "admitted")), "unusable-numbers"),
        (InclusionRule(counts=("reported", "derived")), None),
        # several fail: the first criterion is the reason
        (InclusionRule(designs=("meta-analysis",), last_year=1990), "wrong-design"),
        (InclusionRule(countries=("NO",), first_year=2020, counts=("reported",)), "wrong-country"),
    ],
)
def test_the_first_criterion_that_a_study_fails(rule: InclusionRule, reason: str | None) -> None:
    assert reason_against(rule, TRIAL) == reason


@pytest.mark.parametrize("design", REVIEWS)
def test_reviews_are_never_included(design: str) -> None:
    review = replace(TRIAL, design=design)
    assert reason_against(InclusionRule(), review) == "wrong-design"
    assert reason_against(InclusionRule(designs=(design,)), review) == "wrong-design"


def test_what_is_not_said_meets_no_criterion_that_asks_for_it() -> None:
    silent = replace(TRIAL, intervention=None, comparator=None, countries=())
    assert reason_against(InclusionRule(), silent) is None
    assert reason_against(InclusionRule(interventions=("ips",)), silent) == "wrong-intervention"
    assert reason_against(InclusionRule(comparators=("ips",)), silent) == "wrong-comparator"
    assert reason_against(InclusionRule(countries=("DK",)), silent) == "wrong-country"
    lacking = replace(TRIAL, lacks=("weeks-worked",))
    assert reason_against(InclusionRule(), lacking) == "unusable-numbers"
    nothing = replace(TRIAL, tiers=frozenset())
    assert reason_against(InclusionRule(), nothing) == "unusable-numbers"


# The trials of IPS against something else whose counts of competitive employment can be had, by hand.
INCLUDED = {
    "burns-2007": "reported",
    "christensen-2019": "reported",
    "davis-2012": "derived",
    "drake-2013": "derived",
    "michon-2014": "derived",
    "oshima-2014": "derived",
    "bond-2007": "reconstructed",
    "bond-2015": "reconstructed",
    "drake-1999": "reconstructed",
    "lehman-2002": "reconstructed",
    "lones-2017": "reconstructed",
    "mueser-2004": "reconstructed",
    "ottomanelli-2012": "reconstructed",
    "sveinsdottir-2020": "reconstructed",
    "twamley-2012": "reconstructed",
    "wong-2008": "reconstructed",
}


def test_whom_the_rule_takes_and_how_firm_their_counts_are(employment: Analysis) -> None:
    counts = employment.outcomes[0].pooled[0].counts
    assert {one.study: one.tier for one in counts} == INCLUDED
    assert all(one.by_rule and one.source is None for one in employment.included)


def test_whom_it_leaves_out_and_why(employment: Analysis) -> None:
    left = {one.study: one for one in employment.excluded}
    by_rule = {name: one.reason for name, one in left.items() if one.by_rule}
    reviews = {name for name, reason in by_rule.items() if reason == "wrong-design"}
    assert {"brinchmann-2020", "modini-2016", "bond-2016"} <= reviews
    assert set(by_rule) - reviews == {
        "bejerholm-2015",
        "bejerholm-2017",
        "gold-2006",
        "hoffmann-2014",
        "howard-2010",
        "latimer-2006",
        "lepage-2016",
        "probyn-2021-formerly-illness",
        "probyn-2021-substance-abuse",
        "probyn-2021-workers-injuries",
    }
    assert {by_rule[name] for name in set(by_rule) - reviews} == {"unusable-numbers"}
    # A person's screening, with a source, stands before the rule.
    own = {name: (one.reason, one.source) for name, one in left.items() if not one.by_rule}
    assert {name: reason for name, (reason, _) in own.items()} == {
        "tsang-2010": "unusable-numbers",
        "bond-2012": "same-people",
        "reme-2019": "unusable-numbers",
    }
    assert all(source is not None and source.report == name for name, (_, source) in own.items())


# R's metafor 3.8-1 on these 16 tables: rma(method="REML", test="knha"), control threshold and tol 1e-12.
METAFOR = {
    "RR": (0.8869088013, 0.1143042707, 0.6432750154, 1.1305425872, 0.1601258554, 1.6136917472),
    "RD": (0.3065715492, 0.0337943176, 0.2345406663, 0.3786024322, 0.0450447976, 0.5680983008),
}


@pytest.mark.parametrize("measure", METAFOR)
def test_the_fit_is_metafors(employment: Analysis, measure: str) -> None:
    (envelope,) = [one for one in employment.outcomes[0].pooled if one.measure == measure]
    fit = envelope.shown.to_dict()
    names = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
    # Ten decimals were printed by R.
    assert [fit[name] for name in names] == pytest.approx(METAFOR[measure], abs=1e-9)
    assert (fit["k"], envelope.fits) == (16, 1)


def test_a_known_pool_of_22_trials_is_these_and_six_of_other_outcomes(
    employment: Analysis,
) -> None:
    """A pool of 22 trials by R has RR 2.13 (1.81 to 2.50) by DL, and 2.18 (1.82 to 2.62) by REML.

    It is ours (2.43 by REML) with six trials added whose outcome is employment of a kind that is not stated,
    or employment commenced, and with two trials counted otherwise: Michon during 30 months (our horizon is
    18), and Mueser's two comparison arms as one (we take the first).
    """
    tables = {one.study: one.tables[0] for one in employment.outcomes[0].pooled[0].counts}
    cells = {name: [one.ai, one.n1i, one.ci, one.n2i] for name, one in tables.items()}
    others = [  # Bejerholm 2017, Killackey, LePage, Rodríguez Pulido 2018, Waghorn, Zhang
        *([14, 33, 1, 25], [47, 66, 29, 60], [21, 46, 8, 38]),
        *([123, 124, 56, 75], [45, 106, 24, 102], [27, 54, 18, 54]),
    ]
    assert cells["michon-2014"] == [27, 70, 16, 81]
    assert cells["mueser-2004"] == [51, 69, 19, 69]

    def estimates(rows: list[list[int]], method: str) -> list[float | None]:
        ai, n1i, ci, n2i = np.array(rows, dtype=float).T
        effects = effect_sizes("RR", {"ai": ai, "n1i": n1i, "ci": ci, "n2i": n2i})
        natural = pool(effects, method=method, test="z").natural
        return [natural[name] for name in ("estimate", "ci_low", "ci_high")]

    # R: metafor 3.8-1, ten decimals
    assert estimates([*cells.values(), *others], "DL") == pytest.approx(
        (2.0846556439, 1.7822545974, 2.4383660784), abs=1e-9
    )
    otherwise = cells | {"michon-2014": [31, 70, 20, 81], "mueser-2004": [51, 69, 19 + 12, 69 + 66]}
    for method, printed in (("DL", (2.13, 1.81, 2.50)), ("REML", (2.18, 1.82, 2.62))):
        # The known figures have two decimals.
        assert estimates([*otherwise.values(), *others], method) == pytest.approx(
            printed, abs=0.0051
        )


def test_a_screening_that_includes_stands_before_the_rule(shipped: str) -> None:
    """Hoffmann's counts are not known, so its inclusion by a person stops the synthesis by name."""
    entry = (
        "screening:\n  - synthesis: ips-employment\n    decision: included\n"
        "    source: {report: hoffmann-2014, where: abstract, read: abstract}\n"
    )
    with pytest.raises(InputError, match="hoffmann-2014 has no result for competitive-employment"):
        analysed(shipped, record("hoffmann-2014").rstrip() + "\n" + entry)


def test_a_trial_of_another_year_can_be_included_by_a_person(shipped: str) -> None:
    rule = ("include:\n", "include:\n  first_year: 2015\n")
    entry = (
        "screening:\n  - synthesis: ips-employment\n    decision: included\n"
        "    source: {report: drake-1999, where: abstract, read: abstract}\n"
    )
    alone = {one.study for one in analysed(shipped, changed(rule)).included}
    assert alone == {"bond-2015", "christensen-2019", "lones-2017", "sveinsdottir-2020"}
    text = record("drake-1999").rstrip() + "\n" + entry
    assert {one.study for one in analysed(shipped, text).included} == {*alone, "drake-1999"}


def test_two_studies_that_count_the_same_people_must_be_decided_on(shipped: str) -> None:
    text = changed(
        ("arms:\n", "overlaps:\n  - {study: twamley-2012}\narms:\n"), text=record("lehman-2002")
    )
    with pytest.raises(
        InputError,
        match="ips-employment counts the same people twice: lehman-2002 and twamley-2012",
    ):
        analysed(shipped, text)


def test_an_outcome_that_no_study_has_matches_nothing(shipped: str) -> None:
    text = changed(("outcome: competitive-employment\n", "outcome: hospital-admission\n"))
    text = text.replace("ips-employment", "ips-hospital")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text)])
        said = "the inclusion rule of ips-hospital matches no study: "
        with pytest.raises(InputError, match=f"{said}of 2 studies each fails: no numbers for the"):
            analyse(session, "ips-hospital")
        session.connection().exec_driver_sql(
            "DELETE FROM result WHERE outcome = 'hospital-admission'"
        )
        with pytest.raises(InputError, match=f"{said}none has a result for hospital-admission"):
            analyse(session, "ips-hospital")


def test_a_rule_that_matches_nothing_says_what_the_studies_fail(shipped: str, evidens: Run) -> None:
    text = changed(("include:\n", "include:\n  countries: [IS]\n"))
    with pytest.raises(InputError) as caught:
        analysed(shipped, text)
    message = str(caught.value)
    assert (
        "the inclusion rule of ips-employment matches no study: of 38 studies each fails: "
        "another country, or none named (" in message
    )
    assert "Widen the rule under 'include', or add records that it is meant for." in message
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text)])
    for command in (["synthesis", "run"], ["brief"], ["export"], ["synthesis", "flow"]):
        code, out, err = evidens(*command, "ips-employment", "--db", shipped)
        assert (code, out) == (1, "")
        assert "matches no study" in err
        assert "Traceback" not in err


BROKEN: dict[str, tuple[tuple[str, str], str]] = {
    "reviews alone": (
        ("designs: [randomised-trial, cluster-randomised-trial]", "designs: [meta-analysis]"),
        "include.designs: the rule matches nothing: meta-analysis count the people of other studies and "
        "are never included. Name a design of studies that have people of their own.",
    ),
    "years the wrong way round": (
        ("include:\n", "include:\n  first_year: 2020\n  last_year: 2010\n"),
        "include.last_year: from 2020 to 2010 there is no year. "
        "Write the earlier year under first_year.",
    ),
    "a year that is none": (
        ("include:\n", "include:\n  first_year: 20200\n"),
        "include.first_year: 20200 is not a year. Write a year.",
    ),
    "an unknown country": (
        ("include:\n", "include:\n  countries: [DK, XX]\n"),
        "include.countries[2]: 'XX' is no country of the vocabulary. "
        "Use one of the codes in docs/vocabulary.md.",
    ),
    "a country by its name": (
        ("include:\n", "include:\n  countries: [Danmark]\n"),
        "include.countries[1]: 'Danmark' is no country of the vocabulary. Write 'DK' for Danmark.",
    ),
    "an unknown population": (
        ("include:\n", "include:\n  populations: [schizofrenia]\n"),
        "include.populations[1]: 'schizofrenia' is no population of the vocabulary. "
        "Did you mean 'schizophrenia'?",
    ),
    "a word twice": (
        ("include:\n", "include:\n  countries: [DK, SE, DK]\n"),
        "include.countries[3]: 'DK' stands twice. Write each word once.",
    ),
    "a criterion that there is not": (
        ("include:\n", "include:\n  sponsors: [x]\n"),
        "include.sponsors: the key 'sponsors' is not known here.",
    ),
    "a rule that is a word": (
        (PLAN[PLAN.index("include:") : PLAN.index("horizon:")], "include: everything\n"),
        "include: keys and values are expected here. Write 'key: value' pairs.",
    ),
    "no rule and no source": (
        (PLAN[PLAN.index("include:") : PLAN.index("horizon:")], ""),
        "inclusion_source: nothing says by what studies are chosen. Write 'include:' with a rule, or "
        "'inclusion_source:' where they are chosen one by one.",
    ),
    "no tiers": (
        ("    counts: [reported, derived, reconstructed]\n", ""),
        "outcomes[1].counts: the rule does not say which counts of competitive-employment it admits. "
        "Write 'counts:' with any of: reported, derived, reconstructed, admitted.",
    ),
    "an unknown outcome": (
        ("- outcome: competitive-employment", "- outcome: competitive-employmint"),
        "outcomes[1].outcome: 'competitive-employmint' is no outcome of the vocabulary. "
        "Did you mean 'competitive-employment'?",
    ),
    "a horizon of nothing": (
        ("horizon: 18 months", "horizon: 0 months"),
        "horizon: '0 months' does not have the form asked for. "
        "Write a number and a unit, as in '18 months' or '26 weeks'.",
    ),
    "an assumption given twice": (
        ("days_per_week: 5", "days_per_week: 5\ndays_per_week: 7"),
        "days_per_week: the key 'days_per_week' stands here twice. Keep one of them.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_rule_that_cannot_be_is_refused_when_it_is_checked(case: str) -> None:
    change, message = BROKEN[case]
    with pytest.raises(InputError) as caught:
        check_yaml(changed(change))
    assert message in str(caught.value)
    assert len(caught.value.faults) == 1
