"""Figures: the geometry of a forest plot, worked out here and drawn by ``svg/forest.svg.j2``.

Everything is placed on the scale of the analysis, so that ratios stand on a log axis. Text stays text; its
width is measured on the generous side, because the reader's machine may lack the font.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from meta.models.results import MetaAnalysis
from templates.axes import Axis, axis_for
from templates.drawings import (
    Admitted,
    ForestPlot,
    ForestRow,
    PlotRow,
    Reach,
    SummaryRow,
    Tick,
)
from templates.formats import interval, number, percent, plain, pvalue, shown, significant, span
from templates.typesetting import columns_of_words, shortened, text_width, wrapped
from templates.words import Words, sentence

WIDTH = 640.0
PLOT_WIDTH = 210.0
LABEL_WIDTH = 250.0
SIZE = 13.0
SMALL = 12.0
GAP = 14.0
ROW = 23.0
LINE = 16.0
HEADER_Y, RULE_Y = 16.0, 24.0
LARGEST_SQUARE = 15.0
NO_VALUE = "natural-too-large"
DECIMALS = {"RR": 2, "OR": 2, "RD": 1}
FACTORS = {"RD": 100}
"""Risk differences are shown in percentage points."""


def forest(
    fit: MetaAnalysis,
    rows: Sequence[ForestRow],
    *,
    arms: tuple[str, str],
    higher_is: str = "better",
    admitted: Admitted | None = None,
    language: str = "da",
    stretch: float = 1.0,
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
    stretch : float
        How wide the type runs: 1 where the reader's font is unknown, `templates.typesetting.HOUSE`
        where the house's own is set.

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
    >>> plot = forest(pool(effects, test="z"), [row, row], arms=("IPS", "SB"))
    >>> [tick.label for tick in plot.ticks], plot.favours_right
    (['0,5', '1', '2', '4'], 'til fordel for IPS →')
    """
    return _Layout(fit, rows, arms, higher_is, admitted, Words(language), stretch).plot()


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
        stretch: float,
    ) -> None:
        self.size, self.small = SIZE * stretch, SMALL * stretch
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
            low * self.factor,
            high * self.factor,
            self.places,
            language=self.language,
            positive=self.log,
        )
        if key == "pi":
            return ends
        show = shown if self.log else number
        estimate = show(values[0] * self.factor, self.places, language=self.language)
        return f"{estimate} {ends}"

    def notes(self) -> list[str]:
        say, result = self.words.say, self.result
        test, df = result["test"], result["df"]
        parts = []
        if result["tau2"] is not None:
            parts.append(
                say("forest.tau2", tau2=significant(result["tau2"], 2, language=self.language))
            )
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
        method = self.words.term("method", result["method"])
        parts.append(say(f"forest.model.{result['model']}", method=method))
        parts.append(say(f"forest.test.{test}", df=self.words.degrees(df)))
        if result["pi_low"] is not None:
            kind = "forest.pi-normal" if result["pi_df"] is None else "forest.pi-df"
            parts.append(say(kind, df=self.words.degrees(result["pi_df"])))
        if self.admitted:
            parts.append(say("forest.counts"))
        lines = columns_of_words(parts, " · ", self.width, self.small)
        for one in result["excluded"]:
            lines += wrapped(say("forest.excluded", label=one["label"]), self.width, self.small)
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
        for name, cells in (
            (self.arms[0], [row.intervention for _, row in self.given]),
            (self.arms[1], [row.comparator for _, row in self.given]),
        ):
            widest = max(text_width(cell, self.size) for cell in cells)
            named = text_width(name, self.size, bold=True)
            shares.append(max(widest, named) + GAP if widest else 0.0)
        effects = [self.figures(study["natural"]) for study in self.studies]
        heading = text_width(self.headings["effect"], self.size, bold=True)
        pooled = self.figures(self.result["natural"])
        effect = max(
            heading,
            text_width(pooled, self.size, bold=True),
            *(text_width(text, self.size) for text in effects),
        )
        weights = [
            percent(one["weight_percent"], 1, language=self.language) for one in self.studies
        ]
        weight = max(
            text_width(self.headings["weight"], self.size, bold=True),
            *(text_width(text, self.size) for text in weights),
        )
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
            max(
                text_width(line, self.size) for line in self.label_lines(study["label"], row.detail)
            )
            for study, row in self.given
        ]

    def summary_widths(self) -> list[float]:
        return [
            text_width(text, self.size, bold=name == "pooled")
            for name, text in self.summary_labels.items()
        ]

    def label_lines(self, label: str, detail: str) -> list[str]:
        return wrapped(f"{label}, {detail}" if detail else label, LABEL_WIDTH, self.size)

    @property
    def summary_labels(self) -> dict[str, str]:
        say = self.words.say
        method = self.words.term("method", self.result["method"])
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
        measure = self.words.term("short-measure", self.measure)
        return {
            "study": say("forest.study"),
            "effect": say("forest.effect", measure=measure, level=self.level),
            "weight": say("forest.weight"),
        }

    # the whole

    def plot(self) -> ForestPlot:
        result = self.result
        columns = self.columns()
        half = _half_width(result["level"])
        bounds = [
            (s["yi"] - half * s["vi"] ** 0.5, s["yi"] + half * s["vi"] ** 0.5) for s in self.studies
        ]
        axis = axis_for(
            [study["yi"] for study in self.studies],
            [*bounds, *self.summary_bounds()],
            (result["ci_low"], result["ci_high"]),
            left=columns["left"],
            right=columns["right"],
            log=self.log,
            factor=self.factor,
        )
        rows, y = self.study_rows(axis, bounds)
        summaries = self.summaries(axis, y + 6)
        axis_y = max(row.y for row in summaries.values()) + ROW / 2 + 4
        null_x = axis.x(0.0)
        left, right = self.favours(null_x)
        notes = [(axis_y + 58 + LINE * i, line) for i, line in enumerate(self.notes())]
        return ForestPlot(
            width=self.width,
            height=notes[-1][0] + 6,
            language=self.language,
            title=self.title(),
            description=self.description(rows, summaries, [line for _, line in notes]),
            headings={
                **self.headings,
                "intervention": self.arms[0] if any(row.intervention for row in rows) else "",
                "comparator": self.arms[1] if any(row.comparator for row in rows) else "",
            },
            columns=columns,
            header_y=HEADER_Y,
            rule_y=RULE_Y,
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
            favours_left=left,
            favours_right=right,
            notes=tuple(notes),
        )

    def study_rows(
        self, axis: Axis, bounds: Sequence[tuple[float, float]]
    ) -> tuple[list[PlotRow], float]:
        """Return the rows of the studies, and where the last of them ends."""
        y = RULE_Y
        heaviest = max(study["weight"] for study in self.studies)
        rows = []
        for (study, row), (low, high) in zip(self.given, bounds, strict=True):
            lines = self.label_lines(study["label"], row.detail)
            more = LINE * (len(lines) - 1)
            middle = y + (ROW + more) / 2
            first = middle - more / 2 + SIZE * 0.35
            rows.append(
                PlotRow(
                    y=middle,
                    lines=tuple((first + LINE * i, line) for i, line in enumerate(lines)),
                    intervention=row.intervention,
                    comparator=row.comparator,
                    x=axis.x(study["yi"]),
                    side=LARGEST_SQUARE * math.sqrt(study["weight"] / heaviest),
                    reach=self.reach(axis, low, high),
                    effect=self.figures(study["natural"]),
                    weight=percent(study["weight_percent"], 1, language=self.language),
                )
            )
            y += ROW + more
        return rows, y

    def title(self) -> str:
        k: int = self.result["k"]
        return self.words.say(
            "forest.title",
            measure=self.words.term("measure", self.measure),
            k=plain(k, language=self.language),
            studies=self.words.say("study.one" if k == 1 else "study.other"),
        )

    def description(
        self, rows: Sequence[PlotRow], summaries: Mapping[str, SummaryRow], notes: Sequence[str]
    ) -> str:
        """Return the whole plot as sentences."""
        said = [
            self.words.say(
                "forest.study-said", label=study["label"], effect=row.effect, weight=row.weight
            )
            for (study, _), row in zip(self.given, rows, strict=True)
        ]
        said += [
            self.words.say(f"forest.{name}-said", effect=summaries[name].effect)
            for name in ("pooled", "prediction")
            if name in summaries
        ]
        return " ".join(sentence(one) for one in [*said, *notes])

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
                low * self.factor,
                high * self.factor,
                self.places,
                language=self.language,
                positive=self.log,
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
            shortened(say("forest.left", text=left), null_x - GAP, self.small),
            shortened(say("forest.right", text=right), self.width - null_x - GAP, self.small),
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
