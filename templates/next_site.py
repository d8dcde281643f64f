"""The next site in words: what one more municipality should expect, before the mean of many places."""

from collections.abc import Iterator, Sequence

from meta.bayes.results import BayesianAnalysis
from meta.models.remarks import FEW_STUDIES
from templates.citations import bracketed, cited
from templates.contexts import EffectLine
from templates.formats import number
from templates.pooled_effect import Effect
from templates.tongue import Tongue
from templates.words import sentence, uncapital


def next_site_sentences(
    effects: Sequence[Effect],
    outcome: str,
    arms: tuple[str, str],
    tongue: Tongue,
) -> Iterator[str]:
    """Yield what the next site should expect, then what the studies cannot know of it.

    Parameters
    ----------
    effects : sequence of Effect
        Of one outcome, the first one leading.
    outcome : str
        Its label.
    arms : tuple of str
        Intervention and comparator.
    tongue : Tongue

    Yields
    ------
    str
        Nothing where no effect has a prediction.
    """
    predicted = [one for one in effects if one.site.found is not None]
    if not predicted:
        return
    expected = tongue.listing([_effect(one) for one in predicted])
    people = _people(predicted[0])
    if people:
        expected = tongue.say(
            "site.shares",
            outcome=uncapital(outcome),
            level=predicted[0].level,
            effects=expected,
            **people,
        )
    yield tongue.say("site", intervention=arms[0], comparator=arms[1], expected=expected)
    if predicted[0].result["k"] <= FEW_STUDIES:
        yield sentence("; ".join(_cannot_know(predicted[0])))


def next_site_lines(effects: Sequence[Effect], tongue: Tongue) -> Iterator[EffectLine]:
    """Yield the rows of the table of pooled effects that are about the next site.

    Parameters
    ----------
    effects : sequence of Effect
    tongue : Tongue

    Yields
    ------
    EffectLine
    """
    level, none = effects[0].level, number(None, 0, reason=tongue.say("no-prediction"))

    def cells(values: Sequence[float | None]) -> tuple[str, ...]:
        return tuple(
            none if one is None else effect.of("better").chance(one)
            for effect, one in zip(effects, values, strict=True)
        )

    yield EffectLine(
        label=tongue.say("row.pi", level=level), cells=tuple(one.brackets("pi") for one in effects)
    )
    better = [one.site.better for one in effects]
    if any(one is not None for one in better):
        yield EffectLine(label=tongue.say("row.better"), cells=cells(better))
    stated = [one.site.threshold for one in effects]
    if any(stated):
        yield EffectLine(
            label=tongue.say("row.threshold"),
            cells=tuple(
                none
                if limit is None or limit.beyond is None
                else tongue.say(
                    "cell.threshold",
                    chance=one.of("beyond").chance(limit.beyond),
                    threshold=one.value(float(limit.value), "threshold"),
                )
                for one, limit in zip(effects, stated, strict=True)
            ),
        )
    posteriors = [one.site.bayes for one in effects]
    if any(posteriors):
        yield EffectLine(
            label=tongue.say("row.site-bayes", level=level),
            cells=tuple(
                none if found is None else _posterior(one, found)
                for one, found in zip(effects, posteriors, strict=True)
            ),
        )


def _posterior(effect: Effect, found: BayesianAnalysis) -> str:
    """Return the interval of the effect in a new site, with the differences between sites left open."""
    low, high = (found.natural[f"new_study_{end}"] for end in ("ci_low", "ci_high"))
    if low is None or high is None:
        return number(None, 0, reason=effect.tongue.say("no-value"))
    return effect.bracketed(low, high, "new-site")


def _effect(effect: Effect) -> str:
    say, site = effect.tongue.say, effect.site
    ends = effect.ends(effect.natural["pi_low"], effect.natural["pi_high"], "pi")
    said = [say("site.effect", measure=effect.name, estimate=effect.estimate, interval=ends)]
    if site.better is not None:
        said.append(say("site.better", chance=effect.of("better").chance(site.better)))
    if site.threshold is not None and site.threshold.beyond is not None:
        limit = effect.value(float(site.threshold.value), "threshold")
        beyond = effect.of("beyond").chance(site.threshold.beyond)
        said.append(say("site.beyond", chance=beyond, threshold=limit))
    return "; ".join(said) + ")"


def _people(effect: Effect) -> dict[str, str]:
    """Return the effect as people of a hundred, and where the baseline stands; empty without one."""
    tongue, site = effect.tongue, effect.site
    shares = None if site.found is None else site.found.shares
    baseline = site.baseline
    if shares is None or baseline is None or shares.estimate is None:
        return {}
    origin = tongue.say("baseline.studies")
    given = effect.of("baseline")
    if baseline.source is not None:
        report = cited(baseline.source.report)
        where = tongue.place(baseline.source.where)
        origin = f"{report}, {where}"
        given = given.of(tongue.say("what.baseline"), bracketed([baseline.source.report], where))
    people = effect.of("people")
    return {
        "estimate": people.number(100 * shares.estimate, 0),
        "low": tongue.say("site.none")
        if shares.low is None
        else people.number(100 * shares.low, 0),
        "high": tongue.say("site.all")
        if shares.high is None
        else people.number(100 * shares.high, 0),
        "baseline": given.number(baseline.percent, 0),
        "origin": origin,
    }


def _cannot_know(effect: Effect) -> Iterator[str]:
    """Yield what a few studies cannot say of the differences between sites, and what that does."""
    tongue, result, site = effect.tongue, effect.result, effect.site
    studies = tongue.studies(result["k"])
    high = result["tau2_ci_high"]
    if result["tau2"] != 0:
        yield tongue.say("site.few", **studies)
    elif high is None:
        yield tongue.say("site.alike", **studies)
    else:
        end = effect.of("tau2-interval").significant(high, 2)
        yield tongue.say("site.alike-to", high=end, **studies)
    if site.bayes is None or site.bayes_better is None:
        return
    low, high = (site.bayes.natural[f"new_study_{end}"] for end in ("ci_low", "ci_high"))
    if low is not None and high is not None:
        yield tongue.say(
            "site.bayes",
            measure=effect.short,
            low=effect.value(low, "new-site"),
            high=effect.value(high, "new-site"),
            chance=effect.of("better-bayes").chance(site.bayes_better),
        )


def threshold_reasons(effects: Sequence[Effect], tongue: Tongue) -> Iterator[str]:
    """Yield why the plan's thresholds are where they are."""
    for one in effects:
        stated = one.site.threshold
        if stated is not None:
            yield tongue.say(
                "site.reason",
                measure=one.short,
                threshold=one.value(float(stated.value), "threshold"),
                reason=sentence(tongue.told(stated.reason, "threshold.reason")),
            )
