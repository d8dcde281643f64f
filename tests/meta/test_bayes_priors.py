"""Priors of tau and mu: what they are, how they are given, what is published, and what is refused."""

import math

import numpy as np
import pytest
from scipy import integrate

from meta.bayes.defaults import LOG_RATIOS, STANDARDISED, default_prior
from meta.bayes.prior_texts import mu_prior, tau_prior
from meta.bayes.priors import LogT, MuPrior, TauPrior, Uniform
from meta.bayes.published_priors import published_prior, settings
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.results import EffectSizes

TEXTS = (
    "half-normal:0.5",
    "half-cauchy:0.3",
    "half-t:0.5,4",
    "uniform:2",
    "log-normal:-2.56,1.74",
    "log-t:-3.44,2.59,5",
)


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_of_a_prior_gives_the_same_prior(text: str) -> None:
    prior = tau_prior(text)
    assert prior.text == text
    assert tau_prior(prior.text) == prior
    assert tau_prior(f"  {text.upper().replace(',', ' , ')} ") == prior


def test_all_digits_of_a_scale_are_in_its_text() -> None:
    assert tau_prior("half-normal:0.1234567890123").text == "half-normal:0.1234567890123"


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("tau", [0.03, 0.4, 1.7])
def test_density_slope_and_probabilities_belong_together(text: str, tau: float) -> None:
    prior = tau_prior(text)

    def density(t: float) -> float:
        return float(np.exp(prior.log_density(np.array([t]))[0]))

    def by_log(x: float) -> float:
        return density(math.exp(x)) * math.exp(x)

    below, _ = integrate.quad(by_log, -12, math.log(tau), epsabs=1e-12, epsrel=1e-12, limit=200)
    assert below + prior.below(math.exp(-12)) == pytest.approx(prior.below(tau), rel=1e-9)
    assert prior.below(tau) + prior.beyond(tau) == pytest.approx(1, rel=1e-14)
    h = 1e-5
    change = math.log(density(tau * math.exp(h)) / density(tau * math.exp(-h))) / (2 * h)
    assert prior.slope(tau) == pytest.approx(change, abs=1e-7)
    if prior.at_zero not in (0, math.inf):
        assert density(1e-12) == pytest.approx(prior.at_zero, rel=1e-9)


def test_a_uniform_prior_ends_at_its_bound() -> None:
    prior = Uniform(2.0)
    assert prior.log_density(np.array([2.0, 2.1])).tolist() == [-math.log(2), -math.inf]
    assert (prior.below(3.0), prior.beyond(3.0)) == (1.0, 0.0)


def test_priors_of_mu() -> None:
    assert mu_prior("normal: 0.1, 2") == MuPrior(0.1, 2.0)
    assert mu_prior(None) is None
    assert mu_prior(" FLAT ") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gamma:1,2", "prior: 'gamma:1,2' is no prior of tau. Use half-normal:SCALE, half-cauchy:SCALE, "
         "half-t:SCALE,DF, uniform:UPPER, log-normal:MEAN,SD, log-t:LOCATION,SCALE,DF, or turner:… or "
         "rhodes:… with a setting."),
        ("uniform", "prior: uniform without a bound is improper. Write uniform:UPPER."),
        ("half-normal:", "prior: half-normal has no numbers. Write half-normal:SCALE."),
        ("half-normal:0", "prior: 'half-normal:0' has 0 as its scale. It must be positive and finite."),
        ("half-normal:-1", "prior: 'half-normal:-1' has -1 as its scale. It must be positive and finite."),
        ("half-cauchy:nan", "prior: 'half-cauchy:nan' has nan as its scale. It must be positive and "
         "finite."),
        ("uniform:inf", "prior: 'uniform:inf' has inf as its upper bound. It must be positive and "
         "finite."),
        ("half-t:0.5", "prior: 'half-t:0.5' is not of the form half-t:SCALE,DF. Give 2 numbers with a "
         "decimal point, a comma between them."),
        ("half-normal:0,5", "prior: 'half-normal:0,5' is not of the form half-normal:SCALE. Give 1 number "
         "with a decimal point."),
        ("half-t:0.5,0.2", "prior: 'half-t:0.5,0.2' has 0.2 degrees of freedom. Use 1 (the heaviest tail, "
         "half-Cauchy) to a million; half-normal is the limit."),
        ("log-normal:-2,0", "prior: 'log-normal:-2,0' has 0 as its standard deviation. It must be "
         "positive and finite."),
        ("log-normal:inf,1", "prior: 'log-normal:inf,1' has inf as the mean of log tau^2. Give it on the "
         "logarithmic scale of the squared tau, between -100 and 100."),
        ("log-t:-3,30,5", "prior: 'log-t:-3,30,5' spreads log tau^2 by 30. Give 20 or less."),
    ],
)  # fmt: skip
def test_priors_of_tau_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        tau_prior(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cauchy:0,1", "mu_prior: 'cauchy:0,1' is no prior of mu. Use normal:MEAN,SD or flat."),
        ("normal", "mu_prior: 'normal' is no prior of mu. Use normal:MEAN,SD or flat."),
        ("normal:0", "mu_prior: 'normal:0' is not of the form normal:MEAN,SD. Give 2 numbers with a decimal "
         "point, a comma between them."),
        ("normal:inf,1", "mu_prior: 'normal:inf,1' has inf as its mean. A mean is finite."),
        ("normal:0,0", "mu_prior: 'normal:0,0' has 0 as its standard deviation. It must be "
         "positive and finite."),
    ],
)  # fmt: skip
def test_priors_of_mu_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        mu_prior(text)
    assert str(caught.value) == message


def test_published_settings_are_complete() -> None:
    """Turner: 16 outcomes by 5 comparisons; Rhodes: 8 by 3 in 3 areas; and any setting of each."""
    turner, rhodes = settings("turner"), settings("rhodes")
    assert [len({row[n] for row in turner}) for n in (0, 1)] == [17, 6]
    assert [len({row[n] for row in rhodes}) for n in (0, 1, 2)] == [9, 4, 4]
    assert (len(turner), len(rhodes)) == (81, 73)
    assert sum(numbers is None for numbers, _ in (*turner.values(), *rhodes.values())) == 1


def test_turner_medians_fall_as_the_outcome_is_more_objective() -> None:
    """One cell of each corner and the general setting, of Turner et al. (2015), table IV and page 993."""
    found = {
        "turner:all-cause-mortality/pharmacological-vs-control": (-3.95, 1.34),
        "turner:subjective/pharmacological-vs-control": (-2.70, 1.52),
        "turner:all-cause-mortality/non-pharmacological-vs-non-pharmacological": (-3.50, 1.26),
        "turner:subjective/non-pharmacological-vs-non-pharmacological": (-2.26, 1.45),
        "turner": (-2.56, 1.74),
    }
    for text, (mean, sd) in found.items():
        assert published_prior(text, Measure.OR).prior.text == f"log-normal:{mean:g},{sd:g}"


def test_rhodes_by_area() -> None:
    """Rhodes et al. (2015), table 3 and tables A.3.1 and A.3.2; an area that is not named is "other"."""
    found = {
        "rhodes": "log-t:-3.44,2.59,5",
        "rhodes:obstetric/pharmacological-vs-control": "log-t:-4.13,2.34,5",
        "rhodes:obstetric/pharmacological-vs-control/other": "log-t:-4.13,2.34,5",
        "rhodes:subjective/non-pharmacological/respiratory": "log-t:-4.52,2.41,5",
        "rhodes:subjective/non-pharmacological/cancer": "log-t:-0.06,2.53,5",
    }
    for text, expected in found.items():
        assert published_prior(text, Measure.SMD).prior.text == expected
        assert isinstance(published_prior(text, Measure.SMDH).prior, LogT)


def test_a_published_number_that_is_out_of_line_says_so() -> None:
    found = published_prior("rhodes:mental-health/non-pharmacological", Measure.SMD)
    assert found.prior.text == "log-t:-3.85,1.93,5"
    assert [note.code for note in found.notes] == ["prior-out-of-line"]
    assert found.notes[0].text == (
        "The location of rhodes:mental-health/non-pharmacological is out of line: the other rows of its "
        "table suggest -2.85."
    )


@pytest.mark.parametrize(
    ("text", "measure", "message"),
    [
        ("turner", Measure.RD, "prior: the priors of Turner et al. (2015) are for log odds ratios, and the "
         "measure is RD. Use a prior for RD, or log-normal:-2.56,1.74 if the estimates are log odds ratios "
         "all the same."),
        ("rhodes", Measure.MD, "prior: the priors of Rhodes et al. (2015) are for standardised mean "
         "differences, and the measure is MD. Use a prior for MD, or log-t:-3.44,2.59,5 if the estimates are "
         "standardised mean differences all the same."),
        ("turner:pain", Measure.OR, "prior: 'turner:pain' is not of the form turner:OUTCOME/COMPARISON. "
         "Name each, or give turner alone for any setting."),
        ("turner:pain/surgery", Measure.OR, "prior: 'turner:pain/surgery': 'surgery' is no comparison of "
         "this table. Use one of pharmacological-vs-control, pharmacological-vs-pharmacological, "
         "non-pharmacological-vs-control, non-pharmacological-vs-pharmacological, "
         "non-pharmacological-vs-non-pharmacological, or turner alone for any setting."),
        ("rhodes:pain/non-pharmacological", Measure.SMD, "prior: 'rhodes:pain/non-pharmacological': 'pain' "
         "is no outcome of this table. Use one of obstetric, resource-use, structure-related, "
         "physical-health, signs-and-symptoms, mental-health, biological-markers, subjective, or rhodes "
         "alone for any setting."),
        ("rhodes:obstetric/non-pharmacological/heart", Measure.SMD, "prior: 'rhodes:obstetric/"
         "non-pharmacological/heart': 'heart' is no medical area of this table. Use one of other, "
         "respiratory, cancer, or rhodes alone for any setting."),
        ("rhodes:resource-use/pharmacological-vs-control/cancer", Measure.SMD, "prior: the prior 'rhodes:"
         "resource-use/pharmacological-vs-control/cancer' is in doubt: the two reproductions have 0.01 and "
         "-0.01. Read it from the paper and give it as log-t:LOCATION,SCALE,5."),
    ],
)  # fmt: skip
def test_published_priors_that_are_refused(text: str, measure: Measure, message: str) -> None:
    with pytest.raises(InputError) as caught:
        published_prior(text, measure)
    assert str(caught.value) == message


def given(measure: Measure, ni: list[float] | None) -> EffectSizes:
    return EffectSizes(
        measure=measure,
        labels=("a", "b"),
        yi=np.array([0.1, 0.4]),
        vi=np.array([0.04, 0.08]),
        ni=None if ni is None else np.array(ni),
    )


@pytest.mark.parametrize("measure", [*LOG_RATIOS, *STANDARDISED])
def test_the_default_for_ratios_and_standardised_differences(measure: Measure) -> None:
    prior, _ = default_prior(given(measure, None))
    assert prior.text == "half-normal:0.5"


def test_the_default_in_units_of_one_person() -> None:
    """A difference of means with standard deviation 10 in two equal groups: 2 * 10 / 4 = 5."""
    columns = {"m1i": [5, 7], "m2i": [4, 4], "sd1i": [10, 10], "sd2i": [10, 10]}
    sizes = {"n1i": [50, 80], "n2i": [50, 80]}
    prior, why = default_prior(effect_sizes("MD", columns | sizes))
    assert prior.text == "half-normal:5"
    assert why == "a quarter of the unit-information standard deviation"
    unit = math.sqrt(100 / (1 / 0.04 + 1 / 0.08))
    assert default_prior(given(Measure.RD, [60, 40]))[0].scale == float(f"{unit / 4:.3g}")


@pytest.mark.parametrize(
    ("measure", "ni"), [(Measure.GEN, None), (Measure.IRD, [900.0, 800.0]), (Measure.MD, None)]
)
def test_no_default_without_a_unit(measure: Measure, ni: list[float] | None) -> None:
    with pytest.raises(InputError) as caught:
        default_prior(given(measure, ni))
    assert str(caught.value) == (
        f"prior: {measure} has no default prior of tau: what is a large difference between studies depends "
        "on the unit. Give one, e.g. half-normal:SCALE with a scale that about two thirds of such "
        "differences stay below."
    )


def test_all_priors_are_of_one_protocol() -> None:
    def mass(prior: TauPrior) -> float:
        low, high = prior.span
        return prior.below(high) - prior.below(low)

    assert all(0.999 < mass(tau_prior(text)) <= 1 for text in TEXTS)
