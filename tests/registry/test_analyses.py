"""The synthesis of the VIVE note: table 3.1 by its own method, and the pooled estimate beside it."""

from fractions import Fraction

import pytest

from meta.choices.counts import Table
from meta.choices.printed import half_up
from meta.faults import InputError
from registry.analyses import Analysis, UnknownSynthesisError, analyse
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in


def test_included_and_excluded_studies_with_the_notes_reasons(analysis: Analysis) -> None:
    assert [one.study for one in analysis.included] == [
        "bejerholm-2015",
        "michon-2014",
        "davis-2012",
    ]
    assert {one.study: one.reason for one in analysis.excluded} == {
        "modini-2016": "no-amount-of-employment",
        "kora-2016": "no-intervention-arm",
        "howard-2010": "no-amount-of-employment",
        "burns-2009": "other-outcome",
        "latimer-2008": "effect-not-quantified",
        "burns-2007": "conservative-choice",
    }
    assert all(one.source is not None and one.source.quote for one in analysis.studies)


@pytest.mark.parametrize(
    ("outcome", "places", "printed"),
    [
        # Rows "Gennemsnit" of table 3.1; the note prints 477,8 where its numbers give 477.7.
        ("competitive-employment", 0, ("54", "20", "2.7")),
        ("weeks-worked", 1, ("19.0", "7.2", "2.6")),
        ("hours-worked", 1, ("477.7", "171.7", "2.8")),
    ],
)
def test_unweighted_means_are_those_of_table_3_1(
    analysis: Analysis, outcome: str, places: int, printed: tuple[str, str, str]
) -> None:
    means = next(one for one in analysis.outcomes if one.outcome == outcome).means
    assert half_up(means.intervention.value, places) == Fraction(printed[0])
    assert half_up(means.comparator.value, places) == Fraction(printed[1])
    assert means.ratio is not None
    assert half_up(means.ratio.value, 1) == Fraction(printed[2])


@pytest.mark.parametrize(
    ("outcome", "places", "printed"),
    [("weeks-worked", 1, ("35.4", "36.8", "1.0")), ("hours-worked", 0, ("890", "873", "1.0"))],
)
def test_amounts_per_person_in_employment(
    analysis: Analysis, outcome: str, places: int, printed: tuple[str, str, str]
) -> None:
    means = next(one for one in analysis.per_person if one.outcome == outcome).means
    assert half_up(means.intervention.value, places) == Fraction(printed[0])
    assert half_up(means.comparator.value, places) == Fraction(printed[1])
    assert means.ratio is not None
    assert half_up(means.ratio.value, 1) == Fraction(printed[2])


def test_the_counts_behind_the_percentages_are_a_set(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    assert [len(one.tables) for one in envelope.counts] == [21, 1, 1]
    assert [one.basis for one in envelope.counts] == ["total-assessed", "arm-sizes", "arm-sizes"]
    assert envelope.fits == 21
    assert envelope.shown_tables == (
        Table(19, 41, 5, 46),
        Table(27, 70, 16, 81),
        Table(32, 42, 12, 43),
    )


# R's metafor 3.8-1: escalc and rma(method="REML", test="knha", control=list(threshold=1e-12, tol=1e-12))
# on 19/41 v 5/46, 27/70 v 16/81 and 32/42 v 12/43; weights in percent.
METAFOR = {
    "RR": {
        "estimate": 0.9312768392,
        "se": 0.1866283954,
        "ci_low": 0.1282796644,
        "ci_high": 1.7342740140,
        "pi_low": 0.1282796644,
        "pi_high": 1.7342740140,
        "tau2": 0,
        "weights": [14.5118188955, 41.1041236470, 44.3840574575],
    },
    "RD": {
        "estimate": 0.3335993167,
        "se": 0.0860950449,
        "ci_low": -0.0368377632,
        "ci_high": 0.7040363966,
        "pi_low": -0.3157033738,
        "pi_high": 0.9829020072,
        "tau2": 0.0153607255,
        "weights": [32.2298811236, 36.6344690304, 31.1356498460],
    },
}


@pytest.mark.parametrize("measure", METAFOR)
def test_the_fit_shown_is_metafors(analysis: Analysis, measure: str) -> None:
    envelope = next(one for one in analysis.outcomes[0].pooled if one.measure == measure)
    fit = envelope.shown.to_dict()
    fit["weights"] = [study["weight_percent"] for study in fit["studies"]]
    for name, value in METAFOR[measure].items():
        # Ten decimals were printed by R.
        assert fit[name] == pytest.approx(value, abs=1e-9), name


def test_the_envelope_over_all_counts_is_metafors(analysis: Analysis) -> None:
    """The 21 tables of Bejerholm, each pooled by metafor 3.8-1; smallest and largest of all fits."""
    envelope = analysis.outcomes[0].pooled[0]
    # Six decimals were printed by R.
    assert envelope.estimate == pytest.approx((2.373621, 2.572300), abs=1e-6)
    assert envelope.ci_low == pytest.approx((1.115491, 1.305697), abs=1e-6)
    assert envelope.ci_high == pytest.approx((4.314994, 5.853381), abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "guard", "estimates"),
    [
        # R's metafor 3.8-1 on the counts shown, in the order of the panel; six decimals were printed.
        (
            "RR",
            (1.136871, 5.664814),
            [2.537747, 2.561380, 2.588774, 2.616043, 2.537747, 2.537747, 2.565584, 2.565584],
        ),
        (
            "RD",
            (-0.041108, 0.708307),
            [0.314460, 0.333800, 0.333190, 0.333366, 0.329462, 0.333599, 0.333405, 0.333405],
        ),
    ],
)
def test_few_studies_show_the_guarded_interval_and_the_panel(
    analysis: Analysis, measure: str, guard: tuple[float, float], estimates: list[float]
) -> None:
    envelope = next(one for one in analysis.outcomes[0].pooled if one.measure == measure)
    assert envelope.guarded is not None
    natural = envelope.guarded.to_dict()["natural"]
    assert (natural["ci_low"], natural["ci_high"]) == pytest.approx(guard, abs=1e-6)
    assert envelope.panel is not None
    panel = {
        fit.options.method: fit.to_dict()["natural"]["estimate"] for fit in envelope.panel.fits
    }
    assert list(panel) == ["EE", "DL", "HE", "SJ", "ML", "REML", "EB", "PM"]
    assert list(panel.values()) == pytest.approx(estimates, abs=1e-6)


def test_amounts_are_not_pooled_and_say_why(analysis: Analysis) -> None:
    for outcome in analysis.outcomes[1:]:
        assert outcome.pooled == ()
        assert outcome.not_pooled == "no-variance"


def test_assumptions_are_named_and_say_which_studies_they_touch(analysis: Analysis) -> None:
    said = {(step.name, step.value, labels) for step, labels in analysis.assumptions}
    assert said == {
        ("horizon-ignored", Fraction(1), ("Davis m.fl. (2012)",)),
        ("counts-from-percent", Fraction(21), ("Bejerholm m.fl. (2015)",)),
        ("counts-from-percent", Fraction(1), ("Michon m.fl. (2014)", "Davis m.fl. (2012)")),
        ("days-per-week", Fraction(5), ("Michon m.fl. (2014)",)),
        ("proportional-horizon", Fraction(3, 5), ("Michon m.fl. (2014)",)),
        ("proportional-horizon", Fraction(3, 2), ("Davis m.fl. (2012)",)),
    }


def record(name: str) -> str:
    return (COLLECTION / "records" / f"{name}.yaml").read_text(encoding="utf-8")


def analysed(url: str, text: str) -> Analysis:
    with transaction(url) as session:
        take_in(session, [check_yaml(text)])
        return analyse(session, "ips-vive")


def test_without_sizes_there_is_no_pooled_estimate_and_the_reason_is_given(shipped: str) -> None:
    text = record("bejerholm-2015")
    start, end = text.index("sizes:"), text.index("characteristics:")
    shares = analysed(shipped, text[:start] + text[end:]).outcomes[0]
    assert shares.pooled == ()
    assert shares.not_pooled is not None
    assert "bejerholm-2015 prints percentages but no number of people" in shares.not_pooled
    assert half_up(shares.means.intervention.value, 0) == 54


def test_without_the_number_assessed_everyone_randomised_is_the_denominator(shipped: str) -> None:
    text = record("bejerholm-2015")
    start, end = text.index("  - denominator: assessed"), text.index("characteristics:")
    counts = analysed(shipped, text[:start] + text[end:]).outcomes[0].pooled[0].counts[0]
    assert {table.n1i + table.n2i for table in counts.tables} == {120}


def test_percentages_that_no_count_gives_are_not_pooled(shipped: str) -> None:
    text = record("davis-2012").replace("percent: 76", "percent: 75.9", 1)
    shares = analysed(shipped, text).outcomes[0]
    assert shares.not_pooled is not None
    assert "no counts of the sizes known for davis-2012" in shares.not_pooled


def test_an_included_study_without_the_result_is_refused(shipped: str) -> None:
    text = record("davis-2012").replace("outcome: hours-worked", "outcome: time-in-hospital")
    text = text.replace("mean: 656", "mean: 6").replace("mean: 236", "mean: 2")
    with pytest.raises(InputError, match="davis-2012 has no result for hours-worked"):
        analysed(shipped, text)


def test_an_unknown_synthesis_names_those_there_are(shipped: str) -> None:
    with (
        transaction(shipped) as session,
        pytest.raises(UnknownSynthesisError, match=r"The registry has: ips-.*, ips-vive"),
    ):
        analyse(session, "ips-viv")
