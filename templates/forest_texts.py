"""What a forest plot says: effects in figures, the names of rows and columns, the lines under the axis."""

from collections.abc import Mapping, Sequence
from typing import Any

from meta.effects.measures import MEASURES, Measure, to_natural
from meta.models.results import Exclusion, MetaAnalysis
from meta.moderators.subgroups import Differences, Subgroup
from templates.drawings import Admitted
from templates.formats import interval, number, percent, plain, pvalue, shown, significant, span
from templates.lights import said_of
from templates.palette import SMALL
from templates.presets import Preset
from templates.typesetting import columns_of_words, wrapped
from templates.words import Words, sentence

NO_VALUE = "natural-too-large"
DECIMALS = {"RR": 2, "OR": 2, "RD": 1}
FACTORS = {"RD": 100}
"""Risk differences are shown in percentage points."""
NO_SUBGROUP = "missing subgroup"
"""How `meta.moderators.subgroups` begins the reason of a study that is in no subgroup."""
PLAIN_SCALES = ("log", "identity")
"""Scales that an axis shows in the units of the measure; others are shown as they are analysed."""


class ForestTexts:
    """The texts of one forest plot.

    Parameters
    ----------
    fit : MetaAnalysis
    words : Words
    preset : Preset
    admitted : Admitted, optional
    """

    def __init__(
        self, fit: MetaAnalysis, words: Words, preset: Preset, admitted: Admitted | None
    ) -> None:
        self.result: dict[str, Any] = fit.to_dict()
        self.words, self.preset, self.admitted = words, preset, admitted
        self.language, self.size = words.language, fit.effects.size
        self.measure = Measure(self.result["measure"])
        self.log: bool = self.result["scale"] == "log"
        self.as_analysed = self.result["scale"] not in PLAIN_SCALES
        self.places = DECIMALS.get(self.measure, 2)
        self.factor = FACTORS.get(self.measure, 1)
        self.level = percent(self.result["level"] * 100, language=self.language)
        tau2 = self.result["tau2"]
        self.tau2 = "" if tau2 is None else significant(tau2, 2, language=self.language)

    @property
    def null_value(self) -> float:
        """No effect, on the scale of the analysis."""
        return MEASURES[self.measure].null_value

    def figures(self, estimate: float | None, low: float | None, high: float | None) -> str:
        """Return an effect with its interval, all in the units that the axis shows."""
        ends = self.ends(low, high)
        if estimate is None or ends is None:
            return number(None, 0, reason=NO_VALUE, language=self.language)
        show = shown if self.log else number
        return f"{show(estimate * self.factor, self.places, language=self.language)} {ends}"

    def ends(self, low: float | None, high: float | None) -> str | None:
        """Return an interval as the preset writes it; None where an end is beyond all numbers."""
        if low is None or high is None:
            return None
        return interval(
            low * self.factor,
            high * self.factor,
            self.places,
            language=self.language,
            positive=self.log,
            form=self.preset.form,
        )

    def study(self, study: Mapping[str, Any], low: float, high: float) -> str:
        """Return a study's effect; `low` and `high` on the scale of the analysis."""
        if self.as_analysed:
            return self.figures(study["yi"], low, high)
        natural = study["natural"]
        return self.figures(natural["estimate"], natural["ci_low"], natural["ci_high"])

    def of_scale(self, *values: float) -> str:
        """Return an effect with its interval, given on the scale of the analysis."""
        if self.as_analysed:
            return self.figures(*values)
        return self.figures(*(to_natural(self.measure, one, self.size) for one in values))

    def span(self, low: float, high: float) -> str:
        """Return a range of estimates, which is no interval, on the natural scale."""
        return span(
            low * self.factor,
            high * self.factor,
            self.places,
            language=self.language,
            positive=self.log,
        )

    def pooled(self) -> str:
        """Return the pooled effect."""
        some = self.result if self.as_analysed else self.result["natural"]
        return self.figures(some["estimate"], some["ci_low"], some["ci_high"])

    def prediction(self) -> str:
        """Return the prediction interval."""
        some = self.result if self.as_analysed else self.result["natural"]
        ends = self.ends(some["pi_low"], some["pi_high"])
        return ends or number(None, 0, reason=NO_VALUE, language=self.language)

    def weight(self, share: float) -> str:
        """Return a weight, in per cent already."""
        return percent(share, 1, language=self.language)

    def omission(self, one: Exclusion) -> str:
        """Return why a study has no estimate in the plot."""
        grouped = one.reason.startswith(NO_SUBGROUP)
        return self.words.say("forest.no-group" if grouped else "forest.omitted")

    # where numbers are from

    def weight_source(self, study: Mapping[str, Any]) -> str:
        """Return what a study's weight is made of."""
        say, result = self.words.say, self.result
        if result["weighting"] != "inverse-variance":
            return say("source.weight-other")
        variance = significant(study["vi"], 2, language=self.language)
        if result["model"] == "common-effect" or not self.tau2:
            return say("source.weight-common", variance=variance)
        return say("source.weight", variance=variance, tau2=self.tau2)

    def pooled_source(self, k: int) -> str:
        """Return what a pooled value of k studies is computed from, and how."""
        return self.words.say(
            "source.pooled",
            k=plain(k, language=self.language),
            studies=self.words.counted("study", k),
            method="; ".join(self.method()),
        )

    def range_source(self) -> str:
        """Return what the range over admitted counts is; empty where there is none."""
        if self.admitted is None:
            return ""
        fits = plain(self.admitted.fits, language=self.language)
        return self.words.say("source.range", fits=fits)

    # names

    def summary_labels(self) -> dict[str, str]:
        """Return the names of the rows below the studies."""
        say = self.words.say
        method = self.words.term("method", self.result["method"])
        labels = {"pooled": say("forest.pooled", method=method)}
        if self.result["pi_low"] is not None:
            labels["prediction"] = say("forest.prediction", level=self.level)
        if self.admitted:
            fits = plain(self.admitted.fits, language=self.language)
            labels["admitted"] = say("forest.range", fits=fits)
        return labels

    def headings(self) -> dict[str, str]:
        """Return the headings of the columns that every plot has."""
        say = self.words.say
        measure = self.words.term("short-measure", self.measure)
        if self.as_analysed:
            measure = say("forest.as-analysed", measure=measure)
        return {
            "study": say("forest.study"),
            "effect": say("forest.effect", measure=measure, level=self.level),
            "weight": say("forest.weight"),
        }

    def heterogeneity(self, result: Mapping[str, Any], *, level: bool = True) -> list[str]:
        """Return tau2 with its interval, I2 and Q of an analysis, as far as they are defined."""
        say, parts = self.words.say, []
        if result["tau2"] is not None:
            tau2 = significant(result["tau2"], 2, language=self.language)
            low, high = result.get("tau2_ci_low"), result.get("tau2_ci_high")
            if level and low is not None and high is not None:
                ends = (significant(one, 2, language=self.language) for one in (low, high))
                parts.append(say("forest.tau2-ci", tau2=tau2, low=next(ends), high=next(ends)))
            else:
                parts.append(say("forest.tau2", tau2=tau2))
        if result["i2"] is not None:
            kind = "forest.i2" if result["i2_definition"].startswith("tau2") else "forest.i2-q"
            parts.append(say(kind, i2=percent(result["i2"], language=self.language)))
        if result["q"] is not None:
            parts.append(
                say(
                    "forest.q",
                    q=number(result["q"], 2, language=self.language),
                    df=self.words.degrees(result["q_df"]),
                    p=pvalue(result["q_pvalue"], language=self.language),
                )
            )
        return parts

    def of_group(self, group: Subgroup) -> list[str]:
        """Return the heterogeneity within a subgroup that has an analysis of its own."""
        if group.analysis is None or group.k == 1:
            return []
        return self.heterogeneity(group.analysis.to_dict(), level=False)

    def between(self, differences: Differences) -> str:
        """Return the test for differences between subgroups."""
        if differences.statistic is None or differences.pvalue is None:
            return self.words.say("forest.between-none")
        values = {
            "statistic": number(differences.statistic, 2, language=self.language),
            "p": pvalue(differences.pvalue, language=self.language),
        }
        if differences.df2 is None:
            df = self.words.degrees(differences.df)
            return self.words.say("forest.between-chi2", df=df, **values)
        df, df2 = (plain(one, language=self.language) for one in (differences.df, differences.df2))
        return self.words.say("forest.between-f", df=df, df2=df2, **values)

    def method(self) -> list[str]:
        """Return how the estimate was made."""
        say, result = self.words.say, self.result
        method = self.words.term("method", result["method"])
        parts = [say(f"forest.model.{result['model']}", method=method)]
        parts.append(say(f"forest.test.{result['test']}", df=self.words.degrees(result["df"])))
        if result["pi_low"] is not None:
            kind = "forest.pi-normal" if result["pi_df"] is None else "forest.pi-df"
            parts.append(say(kind, df=self.words.degrees(result["pi_df"])))
        if self.admitted:
            parts.append(say("forest.counts"))
        return parts

    def notes(
        self,
        width: float,
        stretch: float,
        between: Differences | None,
        levels: Sequence[str],
        domains: Sequence[str],
    ) -> list[str]:
        """Return the lines under the axis: heterogeneity, method, subgroups, what lights mean."""
        size = SMALL * stretch
        lines = columns_of_words(
            [*self.heterogeneity(self.result), *self.method()], " · ", width, size
        )
        if between is not None:
            lines += wrapped(self.between(between), width, size)
        if levels:
            lines += columns_of_words(said_of(levels, domains, self.words), " · ", width, size)
        return lines

    def title(self) -> str:
        """Return the title."""
        k: int = self.result["k"]
        return self.words.say(
            "forest.title",
            measure=self.words.term("measure", self.measure),
            k=plain(k, language=self.language),
            studies=self.words.counted("study", k),
        )

    def description(
        self,
        studies: Sequence[tuple[str, str, str]],
        summaries: Mapping[str, str],
        notes: Sequence[str],
    ) -> str:
        """Return the whole plot as sentences: studies as label, effect and weight; summaries by name."""
        said = [
            self.words.say("forest.study-said", label=label, effect=effect, weight=weight)
            for label, effect, weight in studies
        ]
        said += [
            self.words.say(f"forest.{name}-said", effect=summaries[name])
            for name in ("pooled", "prediction")
            if name in summaries
        ]
        return " ".join(sentence(one) for one in [*said, *notes])
