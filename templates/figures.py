"""Figures: the geometry of a forest plot, worked out here and drawn by ``svg/forest.svg.j2``.

Everything is placed on the scale of the analysis, so that ratios stand on a log axis. Text stays text; its
width is measured on the generous side, because the reader's machine may lack the font.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from meta.models.results import MetaAnalysis
from templates.axes import Axis, axis_for
from templates.formats import interval, number, percent, plain, pvalue, significant, span
from templates.typesetting import columns_of_words, shortened, text_width, wrapped
from templates.words import Words

WIDTH = 690.0
PLOT_WIDTH = 230.0
LABEL_WIDTH = 250.0
SIZE = 13.0
SMALL = 12.0
GAP = 14.0
ROW = 23.0
LINE = 16.0
LARGEST_SQUARE = 15.0
NO_VALUE = "natural-too-large"
DECIMALS = {"RR": 2, "OR": 2, "RD": 1}
FACTORS = {"RD": 100}
"""Risk differences are shown in percentage points."""


def _help(text: str) -> Any:
    return field(metadata={"help": text})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """What is known of a study beside its effect; all of it formatted."""

    detail: str = _help("What stands after the label, e.g. the country.")
    intervention: str = _help("The intervention arm's number, e.g. a share as printed.")
    comparator: str = _help("The comparator arm's number.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The pooled estimate over every admitted set of counts, on the natural scale."""

    low: float = _help("The smallest estimate.")
    high: float = _help("The largest estimate.")
    fits: int = _help("How many sets of counts were pooled.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A horizontal extent on the axis; an arrow stands where it goes on beyond the axis."""

    x1: float = _help("Left end.")
    x2: float = _help("Right end.")
    arrow_left: bool = _help("Whether it goes on to the left of the axis.")
    arrow_right: bool = _help("Whether it goes on to the right of the axis.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRow:
    """A study's line in the plot."""

    y: float = _help("Middle of the row.")
    lines: tuple[tuple[float, str], ...] = _help("Baseline and text of each line of the label.")
    detail: str = _help("Country, set after the last line of the label.")
    intervention: str = _help("The intervention arm's number.")
    comparator: str = _help("The comparator arm's number.")
    x: float = _help("Middle of the square.")
    side: float = _help("Side of the square; its area follows the weight.")
    reach: Reach = _help("The confidence interval.")
    effect: str = _help("Effect and interval in figures.")
    weight: str = _help("Weight in per cent.")
    said: str = _help("The row as a sentence.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """A line below the studies: pooled estimate, prediction interval, range over counts."""

    y: float = _help("Middle of the row.")
    label: str = _help("What it is.")
    x: float = _help("The estimate's place on the axis.")
    reach: Reach = _help("The interval.")
    effect: str = _help("The interval in figures.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the axis."""

    x: float = _help("Place.")
    label: str = _help("The value.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPlot:
    """A forest plot, ready to be drawn."""

    width: float = _help("Width of the drawing.")
    height: float = _help("Height of the drawing.")
    language: str = _help("Language of its text.")
    title: str = _help("Title for those who do not see it.")
    description: str = _help("Every row as a sentence.")
    headings: dict[str, str] = _help("Column headings: study, intervention, comparator, effect, weight.")
    columns: dict[str, float] = _help("Where each column's text is anchored.")
    header_y: float = _help("Baseline of the headings.")
    rule_y: float = _help("The line under the headings.")
    rows: tuple[PlotRow, ...] = _help("One row a study.")
    pooled: SummaryRow = _help("The pooled estimate.")
    prediction: SummaryRow | None = _help("The prediction interval; None where there is none.")
    admitted: SummaryRow | None = _help("The range over all admitted counts.")
    null_x: float = _help("Place of no difference.")
    plot_left: float = _help("Left end of the axis.")
    plot_right: float = _help("Right end of the axis.")
    axis_y: float = _help("Height of the axis.")
    ticks: tuple[Tick, ...] = _help("Marks on the axis.")
    favours_left: str = _help("Which side benefits left of no difference.")
    favours_right: str = _help("Which side benefits right of it.")
    notes: tuple[tuple[float, str], ...] = _help("Baseline and text of the lines under the axis.")


def forest(
    fit: MetaAnalysis,
    rows: Sequence[ForestRow],
    *,
    arms: tuple[str, str],
    higher_is: str = "better",
    admitted: Admitted | None = None,
    language: str = "da",
) -> ForestPlot:
    """Lay out the forest plot of a pooled result.

    Parameters
    ----------
    fit : MetaAnalysis
    rows : sequence of ForestRow, length k
        In the order of the studies of `fit`.
    arms : tuple of str
        Short names of the intervention and the comparator.
    higher_is : {"better", "worse"}
        Which way is better for the participants; it decides which side is whose.
    admitted : Admitted, optional
        Drawn as a bracket, where counts were reconstructed.
    language : str

    Returns
    -------
    ForestPlot

    Raises
    ------
    ValueError
        `rows` is not of length k.

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="RR", labels=("A", "B"), yi=[0.5, 0.9], vi=[0.04, 0.04])
    >>> row = ForestRow(detail="", intervention="", comparator="")
    >>> plot = forest(pool(effects), [row, row], arms=("IPS", "SB"))
    >>> [tick.label for tick in plot.ticks], plot.favours_right
    (['0,25', '0,5', '1', '2', '4', '8', '16'], 'til fordel for IPS →')
    """
    return _Layout(fit, rows, arms, higher_is, admitted, Words(language)).plot()


class _Layout:
    """The state shared by the steps of laying a plot out."""

    def __init__(
        self,
        fit: MetaAnalysis,
        rows: Sequence[ForestRow],
        arms: tuple[str, str],
        higher_is: str,
        admitted: Admitted | None,
        words: Words,
    ) -> None:
        self.result = fit.to_dict()
        self.studies: list[dict[str, Any]] = self.result["studies"]
        self.given = list(zip(self.studies, rows, strict=True))
        self.arms, self.higher_is, self.admitted = arms, higher_is, admitted
        self.words, self.language = words, words.language
        self.measure: str = self.result["measure"]
        self.log: bool = self.result["scale"] == "log"
        self.places = DECIMALS.get(self.measure, 2)
        self.factor = FACTORS.get(self.measure, 1)
        self.level = percent(self.result["level"] * 100, language=self.language)

    # texts

    def figures(self, natural: dict[str, float | None], key: str = "ci") -> str:
        values = [natural["estimate"], natural[f"{key}_low"], natural[f"{key}_high"]]
        low, high = values[1], values[2]
        if low is None or high is None or values[0] is None:
            return number(None, 0, reason=NO_VALUE, language=self.language)
        ends = interval(
            low * self.factor, high * self.factor, self.places, language=self.language
        )
        if key == "pi":
            return ends
        estimate = number(values[0] * self.factor, self.places, language=self.language)
        return f"{estimate} {ends}"

    def notes(self) -> list[str]:
        say, result = self.words.say, self.result
        test, df = result["test"], result["df"]
        parts = []
        if result["tau2"] is not None:
            parts.append(say("forest.tau2", tau2=significant(result["tau2"], 2, language=self.language)))
        if result["i2"] is not None:
            kind = "forest.i2" if result["i2_definition"].startswith("tau2") else "forest.i2-q"
            parts.append(say(kind, i2=percent(result["i2"], language=self.language)))
        if result["q"] is not None:
            parts.append(
                say(
                    "forest.q",
                    q=number(result["q"], 2, language=self.language),
                    df=str(result["q_df"]),
                    p=pvalue(result["q_pvalue"], language=self.language),
                )
            )
        method = say(f"method.{result['method']}")
        parts.append(say(f"forest.model.{result['model']}", method=method))
        parts.append(say(f"forest.test.{test}", df=str(df)))
        if result["pi_low"] is not None:
            kind = "forest.pi-normal" if result["pi_df"] is None else "forest.pi-df"
            parts.append(say(kind, df=str(result["pi_df"])))
        if self.admitted:
            parts.append(say("forest.counts"))
        lines = columns_of_words(parts, " · ", self.width, SMALL)
        for one in result["excluded"]:
            lines += wrapped(say("forest.excluded", label=one["label"]), self.width, SMALL)
        return lines

    # places

    def reach(self, axis: Axis, low: float, high: float) -> Reach:
        return Reach(
            x1=axis.x(low),
            x2=axis.x(high),
            arrow_left=low < axis.low,
            arrow_right=high > axis.high,
        )

    def columns(self) -> dict[str, float]:
        """Place the columns: labels, two arms, the axis, effect and weight."""
        shares = []
        for name, cells in zip(
            self.arms,
            (
                [row.intervention for _, row in self.given],
                [row.comparator for _, row in self.given],
            ),
            strict=True,
        ):
            widest = max(text_width(cell, SIZE) for cell in cells)
            self_named = text_width(name, SIZE, bold=True) if widest else 0.0
            shares.append(max(widest, self_named) + GAP if widest else 0.0)
        effects = [self.figures(study["natural"]) for study in self.studies]
        effects += [self.figures(self.result["natural"])]
        heading = text_width(self.headings["effect"], SIZE, bold=True)
        effect = max(heading, *(text_width(text, SIZE, bold=True) for text in effects))
        weight = text_width(percent(100, 1, language=self.language), SIZE, bold=True)
        labels = [*self.label_widths(), *self.summary_widths()]
        label = max(labels)
        fixed = label + sum(shares) + GAP + GAP + effect + GAP + weight
        plot = max(PLOT_WIDTH, WIDTH - fixed)
        left = label + sum(shares) + GAP + GAP / 2
        right = left + plot - GAP
        places = {
            "label": 0.0,
            "intervention": label + shares[0],
            "comparator": label + shares[0] + shares[1],
            "left": left,
            "right": right,
            "effect": right + GAP / 2 + GAP + effect,
            "weight": right + GAP / 2 + GAP + effect + GAP + weight,
        }
        self.width = places["weight"]
        return places

    def label_widths(self) -> list[float]:
        return [
            max(text_width(line, SIZE) for line in self.label_lines(study["label"], row.detail))
            for study, row in self.given
        ]

    def summary_widths(self) -> list[float]:
        return [text_width(text, SIZE, bold=True) for text in self.summary_labels.values()]

    def label_lines(self, label: str, detail: str) -> list[str]:
        return wrapped(f"{label}, {detail}" if detail else label, LABEL_WIDTH, SIZE)

    @property
    def summary_labels(self) -> dict[str, str]:
        say = self.words.say
        method = say(f"method.{self.result['method']}")
        labels = {"pooled": say("forest.pooled", method=method)}
        if self.result["pi_low"] is not None:
            labels["prediction"] = say("forest.prediction", level=self.level)
        if self.admitted:
            fits = plain(self.admitted.fits, language=self.language)
            labels["admitted"] = say("forest.range", fits=fits)
        return labels

    @property
    def headings(self) -> dict[str, str]:
        say = self.words.say
        measure = say(f"short-measure.{self.measure}")
        return {
            "study": say("forest.study"),
            "effect": say("forest.effect", measure=measure, level=self.level),
            "weight": say("forest.weight"),
        }

    # the whole

    def plot(self) -> ForestPlot:
        say, result = self.words.say, self.result
        columns = self.columns()
        half = _half_width(result["level"])
        bounds = [(s["yi"] - half * s["vi"] ** 0.5, s["yi"] + half * s["vi"] ** 0.5) for s in self.studies]
        axis = axis_for(
            [study["yi"] for study in self.studies],
            [*bounds, *self.summary_bounds()],
            (result["ci_low"], result["ci_high"]),
            left=columns["left"],
            right=columns["right"],
            log=self.log,
            factor=self.factor,
        )
        header_y, rule_y = 16.0, 24.0
        y = rule_y
        heaviest = max(study["weight"] for study in self.studies)
        rows = []
        for (study, row), (low, high) in zip(self.given, bounds, strict=True):
            lines = self.label_lines(study["label"], row.detail)
            height = ROW + LINE * (len(lines) - 1)
            middle = y + height / 2
            first = middle - LINE * (len(lines) - 1) / 2 + SIZE * 0.35
            weight = percent(study["weight_percent"], 1, language=self.language)
            effect = self.figures(study["natural"])
            rows.append(
                PlotRow(
                    y=middle,
                    lines=tuple((first + LINE * i, line) for i, line in enumerate(lines)),
                    detail=row.detail,
                    intervention=row.intervention,
                    comparator=row.comparator,
                    x=axis.x(study["yi"]),
                    side=LARGEST_SQUARE * math.sqrt(study["weight"] / heaviest),
                    reach=self.reach(axis, low, high),
                    effect=effect,
                    weight=weight,
                    said=say("forest.study-said", label=study["label"], effect=effect, weight=weight),
                )
            )
            y += height
        summaries = self.summaries(axis, y + 6)
        axis_y = max(row.y for row in summaries.values()) + ROW / 2 + 4
        null_x = axis.x(0.0)
        favours = self.favours(null_x)
        lines = self.notes()
        notes_y = axis_y + 58
        notes = tuple((notes_y + LINE * i, line) for i, line in enumerate(lines))
        said = [row.said for row in rows]
        said.append(say("forest.pooled-said", effect=summaries["pooled"].effect))
        if "prediction" in summaries:
            said.append(say("forest.prediction-said", effect=summaries["prediction"].effect))
        k = plain(result["k"], language=self.language)
        studies = say("study.one" if result["k"] == 1 else "study.other")
        return ForestPlot(
            width=self.width,
            height=notes_y + LINE * (len(lines) - 1) + 6,
            language=self.language,
            title=say("forest.title", measure=say(f"measure.{self.measure}"), k=k, studies=studies),
            description=" ".join([*said, *(f"{line}." for line in lines)]),
            headings={
                **self.headings,
                "intervention": self.arms[0] if any(row.intervention for row in rows) else "",
                "comparator": self.arms[1] if any(row.comparator for row in rows) else "",
            },
            columns=columns,
            header_y=header_y,
            rule_y=rule_y,
            rows=tuple(rows),
            pooled=summaries["pooled"],
            prediction=summaries.get("prediction"),
            admitted=summaries.get("admitted"),
            null_x=null_x,
            plot_left=columns["left"],
            plot_right=columns["right"],
            axis_y=axis_y,
            ticks=tuple(
                Tick(x=axis.x(value), label=label) for value, label in axis.ticks(self.language)
            ),
            favours_left=favours[0],
            favours_right=favours[1],
            notes=notes,
        )

    def summary_bounds(self) -> list[tuple[float, float]]:
        result = self.result
        bounds = [(result["ci_low"], result["ci_high"])]
        if result["pi_low"] is not None:
            bounds.append((result["pi_low"], result["pi_high"]))
        return bounds

    def summaries(self, axis: Axis, y: float) -> dict[str, SummaryRow]:
        result = self.result
        labels = self.summary_labels
        ends = {"pooled": (result["ci_low"], result["ci_high"])}
        texts = {"pooled": self.figures(result["natural"])}
        if "prediction" in labels:
            ends["prediction"] = (result["pi_low"], result["pi_high"])
            texts["prediction"] = self.figures(result["natural"], "pi")
        if self.admitted:
            low, high = self.admitted.low, self.admitted.high
            ends["admitted"] = (math.log(low), math.log(high)) if self.log else (low, high)
            texts["admitted"] = span(
                low * self.factor, high * self.factor, self.places, language=self.language
            )
        return {
            name: SummaryRow(
                y=y + ROW * (i + 0.5),
                label=label,
                x=axis.x(result["estimate"]),
                reach=self.reach(axis, *ends[name]),
                effect=texts[name],
            )
            for i, (name, label) in enumerate(labels.items())
        }

    def favours(self, null_x: float) -> tuple[str, str]:
        """Name whom each side of no difference favours; nobody's name leaves the drawing."""
        say = self.words.say
        names = self.arms if self.higher_is == "better" else (self.arms[1], self.arms[0])
        right, left = (say("forest.favours", name=name) for name in names)
        return (
            shortened(say("forest.left", text=left), null_x - GAP, SMALL),
            shortened(say("forest.right", text=right), self.width - null_x - GAP, SMALL),
        )


def _half_width(level: float) -> float:
    from scipy.special import ndtri

    return -float(ndtri((1 - level) / 2))


def draw(plot: ForestPlot) -> str:
    """Return a forest plot as SVG.

    Parameters
    ----------
    plot : ForestPlot

    Returns
    -------
    str
    """
    from templates.render import render

    return render("svg/forest.svg.j2", plot)
