"""Figures: the geometry of a forest plot, worked out here and drawn by ``svg/forest.svg.j2``.

Everything is placed on the scale of the analysis, so that ratios stand on a log axis. Text stays text; its
width is measured on the generous side, because the reader's machine may lack the font.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from meta.distributions import normal_quantile
from meta.effects.measures import MEASURES, Design
from meta.models.results import Exclusion, MetaAnalysis
from meta.moderators.subgroups import Subgroup, SubgroupAnalysis
from templates.axes import Axis, axis_for
from templates.drawings import (
    Admitted,
    Cell,
    ForestPlot,
    ForestRow,
    GroupRows,
    OmittedRow,
    PlotRow,
    Reach,
    SummaryRow,
    Tick,
)
from templates.forest_columns import GAP, LABEL_WIDTH, Columns, Table, place
from templates.forest_groups import members
from templates.forest_table import Row, forest_table
from templates.forest_texts import DECIMALS, FACTORS, ForestTexts
from templates.formats import number
from templates.lights import lights_of
from templates.palette import SIZE, SMALL
from templates.presets import EVIDENS, Preset
from templates.source_boxes import source_box
from templates.typesetting import BOLD, columns_of_words, shortened, text_width, wrapped
from templates.words import Words

__all__ = ["DECIMALS", "FACTORS", "draw", "forest"]

ROW = 23.0
LINE = 16.0
LARGEST_SQUARE = 15.0
ONE_GROUP = (Design.PROPORTION, Design.RATE, Design.ONE_MEAN, Design.ONE_SD, Design.RELIABILITY)
"""Designs that compare nothing, so that no value means no difference."""


def forest(
    fit: MetaAnalysis,
    rows: Sequence[ForestRow],
    *,
    arms: tuple[str, str],
    higher_is: str | None = "better",
    admitted: Admitted | None = None,
    language: str = "da",
    stretch: float = 1.0,
    preset: Preset = EVIDENS,
    arm_headings: Sequence[str] = (),
    totals: ForestRow | None = None,
    groups: SubgroupAnalysis | None = None,
    omitted: Sequence[ForestRow] = (),
    domains: Sequence[str] = (),
) -> ForestPlot:
    """Lay out the forest plot of a pooled result.

    Parameters
    ----------
    fit : MetaAnalysis
    rows : sequence of ForestRow, length k
        In the order of the studies of `fit`.
    arms : tuple of str
        Short names of the intervention and the comparator.
    higher_is : {"better", "worse"}, optional
        Which way is better for the participants; it decides which side is whose. None where it is not
        known, and then no side is named.
    admitted : Admitted, optional
        Drawn as a bracket, where counts were reconstructed.
    language : str
    stretch : float
        How wide the type runs: 1 where the reader's font is unknown, `templates.typesetting.HOUSE`
        where the house's own is set.
    preset : Preset
        Order of columns, marks, style of numbers.
    arm_headings : sequence of str
        What each cell of an arm is, e.g. events and people; none for arms of one cell that needs no name.
    totals : ForestRow, optional
        The arms' cells of the pooled row.
    groups : SubgroupAnalysis, optional
        Of the same studies as `fit`; each subgroup stands together, with a diamond of its own.
    omitted : sequence of ForestRow
        The arms' cells of the studies without an estimate, in the order of ``fit.effects.excluded``; none
        where they are not known.
    domains : sequence of str
        The domains of risk of bias that the lights of `rows` stand for, ``overall`` for all together.

    Returns
    -------
    ForestPlot

    Raises
    ------
    ValueError
        `rows` is not of length k, or `omitted` of another length than the studies it is for.
    InputError
        A study stands in no subgroup or in two, or lights do not go with the domains.

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="RR", labels=("A", "B"), yi=[0.5, 0.9], vi=[0.04, 0.04])
    >>> plot = forest(pool(effects, test="z"), [ForestRow()] * 2, arms=("IPS", "SB"))
    >>> [tick.label for tick in plot.ticks], plot.favours_right
    (['0,5', '1', '2', '4'], 'til fordel for IPS →')
    """
    words = Words(language)
    texts = ForestTexts(fit, words, preset, admitted)
    known = omitted or [ForestRow()] * len(fit.effects.excluded)
    without = list(zip(fit.effects.excluded, known, strict=True))
    studies = list(zip(texts.result["studies"], rows, strict=True))
    layout = _Layout(texts, arms, higher_is, stretch)
    table = Table(
        labels=[
            *((words.study(s["label"]), row) for s, row in studies),
            *((words.study(one.label), row) for one, row in without),
        ],
        arm_headings=tuple(arm_headings),
        totals=totals or ForestRow(),
        domains=tuple(domains),
    )
    return layout.plot(studies, without, table, groups)


class _Layout:
    """The steps of laying a plot out, from top to bottom."""

    def __init__(
        self, texts: ForestTexts, arms: tuple[str, str], higher_is: str | None, stretch: float
    ) -> None:
        self.texts, self.arms, self.higher_is, self.stretch = texts, arms, higher_is, stretch
        self.words, self.result = texts.words, texts.result
        self.hundred = texts.weight(100) if texts.preset.apart else ""
        self.half = normal_quantile(1 - self.result["level"])
        compares = MEASURES[texts.measure].design not in ONE_GROUP
        self.null = texts.null_value if compares else None

    def plot(
        self,
        studies: Sequence[tuple[dict[str, Any], ForestRow]],
        without: Sequence[tuple[Exclusion, ForestRow]],
        table: Table,
        groups: SubgroupAnalysis | None,
    ) -> ForestPlot:
        texts = self.texts
        effects = [texts.study(one, *self.bounds(one)) for one, _ in studies]
        weights = [texts.weight(one["weight_percent"]) for one, _ in studies]
        labels = texts.summary_labels()
        pooled = texts.pooled()
        self.named = all(
            text_width(
                self.words.say("forest.subtotal", group=one.level), SIZE * self.stretch, bold=True
            )
            <= LABEL_WIDTH
            for one in ([] if groups is None else groups.groups)
        )
        subtotals = [] if groups is None else [self.subtotal_texts(one) for one in groups.groups]
        names = [(name, key == "pooled") for key, name in labels.items()]
        columns = place(
            table,
            texts.preset,
            headings=texts.headings(),
            arms=self.arms,
            effects=[*effects, *(texts.omission(one) for one, _ in without)],
            weights=[*weights, *([self.hundred] if self.hundred else [])],
            summaries=[*names, *((label, True) for label, _ in subtotals)],
            strong=[pooled, *(effect for _, effect in subtotals)],
            stretch=self.stretch,
        )
        axis = self.axis([one for one, _ in studies], columns, groups)
        self.columns = columns
        heaviest = max(one["weight"] for one, _ in studies)
        y = columns.rule_y
        blocks: list[GroupRows] = []
        told: list[Row] = []
        parts: Sequence[tuple[Subgroup | None, Sequence[int]]] = [(None, range(len(studies)))]
        if groups is not None:
            parts = members(groups, [study["label"] for study, _ in studies])
        for group, places in parts:
            heading_y = y + ROW / 2 + SIZE * 0.35
            rows: list[PlotRow] = []
            y += 0 if group is None else ROW
            for i in places:
                study, row = studies[i][0], self.told_of(studies[i][1])
                told.append((self.words.study(study["label"]), row, effects[i], weights[i]))
                lines, middle, y = self.label(self.words.study(study["label"]), row.detail, y)
                reach = self.reach(axis, *self.bounds(study))
                cells = (
                    *self.arm_cells(row),
                    Cell(
                        x=columns.effect, kind="effect", text=effects[i], source=row.effect_source
                    ),
                    Cell(
                        x=columns.weight,
                        kind="weight",
                        text=weights[i],
                        source=texts.weight_source(study),
                    ),
                )
                made = PlotRow(
                    y=middle,
                    lines=lines,
                    cells=cells,
                    told=source_box(told[-1][0], cells, columns.width),
                    lights=lights_of(row.lights, table.domains, columns.lights, self.words),
                    x=axis.x(study["yi"]),
                    side=LARGEST_SQUARE * math.sqrt(study["weight"] / heaviest),
                    reach=reach,
                )
                rows.append(made)
            if group is None:
                blocks.append(GroupRows(y=y, heading="", rows=tuple(rows), subtotal=None, notes=()))
                continue
            subtotal, under, y = self.group(group, axis, y)
            blocks.append(
                GroupRows(
                    y=heading_y,
                    heading=shortened(group.level, columns.width, SIZE * BOLD * self.stretch),
                    rows=tuple(rows),
                    subtotal=subtotal,
                    notes=under,
                )
            )
            label = self.words.say("forest.subtotal", group=group.level)
            told.append((label, ForestRow(), subtotal.effect, ""))
        gone = []
        for one, known in without:
            row = self.told_of(known)
            label, why = self.words.study(one.label), texts.omission(one)
            lines, middle, y = self.label(label, row.detail, y)
            told.append((label, row, why, ""))
            cell = Cell(x=columns.effect, kind="effect", text=why, source="")
            cells = (*self.arm_cells(row), cell)
            box = source_box(label, cells, columns.width)
            gone.append(OmittedRow(lines=lines, y=middle, cells=cells, told=box))
        summaries = self.summaries(axis, y + 6, labels, pooled, table.totals)
        told += [
            (row.label, table.totals if name == "pooled" else ForestRow(), row.effect, "")
            for name, row in summaries.items()
        ]
        axis_y = max(row.y for row in summaries.values()) + ROW / 2 + 4
        null_x = None if self.null is None else axis.x(self.null)
        left, right = ("", "") if null_x is None else self.favours(null_x, columns.width)
        notes = texts.notes(
            columns.width,
            self.stretch,
            None if groups is None else groups.between,
            [level for _, row in studies for level in row.lights],
            table.domains,
        )
        first = axis_y + (58 if left else 40)
        placed = [(first + LINE * i, line) for i, line in enumerate(notes)]
        return ForestPlot(
            width=columns.width,
            height=placed[-1][0] + 6,
            language=texts.language,
            title=texts.title(),
            description=texts.description(
                [
                    (self.words.study(s["label"]), effect, weight)
                    for (s, _), effect, weight in zip(studies, effects, weights, strict=True)
                ],
                {name: row.effect for name, row in summaries.items()},
                [
                    *(
                        self.words.say(
                            "forest.omitted-said",
                            label=self.words.study(one.label),
                            why=texts.omission(one),
                        )
                        for one, _ in without
                    ),
                    *notes,
                ],
            ),
            square=texts.preset.square,
            diamond=texts.preset.diamond,
            headings=columns.headings,
            rule_y=columns.rule_y,
            groups=tuple(blocks),
            omitted=tuple(gone),
            pooled=summaries["pooled"],
            prediction=summaries.get("prediction"),
            admitted=summaries.get("admitted"),
            null_x=null_x,
            plot_left=columns.left,
            plot_right=columns.right,
            axis_y=axis_y,
            ticks=tuple(
                Tick(x=axis.x(value), label=label) for value, label in axis.ticks(texts.language)
            ),
            favours_left=left,
            favours_right=right,
            notes=tuple(placed),
            table=forest_table(
                told,
                arms=self.arms,
                arm_headings=table.arm_headings,
                domains=table.domains,
                effect=texts.headings()["effect"],
                words=self.words,
            ),
        )

    # places on the axis

    def bounds(self, study: Mapping[str, Any]) -> tuple[float, float]:
        reach = self.half * study["vi"] ** 0.5
        return study["yi"] - reach, study["yi"] + reach

    def axis(
        self,
        studies: Sequence[dict[str, Any]],
        columns: Columns,
        groups: SubgroupAnalysis | None,
    ) -> Axis:
        result = self.result
        pooled = (result["ci_low"], result["ci_high"])
        intervals = [*(self.bounds(one) for one in studies), pooled]
        if result["pi_low"] is not None:
            intervals.append((result["pi_low"], result["pi_high"]))
        intervals += [(one.ci.low, one.ci.high) for one in groups.groups] if groups else []
        return axis_for(
            [one["yi"] for one in studies],
            intervals,
            pooled,
            left=columns.left,
            right=columns.right,
            log=self.texts.log,
            factor=self.texts.factor,
            null=self.null,
        )

    def reach(self, axis: Axis, low: float, high: float) -> Reach:
        return Reach(
            x1=axis.x(low),
            x2=axis.x(high),
            arrow_left=low < axis.low,
            arrow_right=high > axis.high,
        )

    # rows

    def label(
        self, label: str, detail: str, y: float
    ) -> tuple[tuple[tuple[float, str], ...], float, float]:
        """Return the lines of a study's label, the middle of its row, and where the row ends."""
        text = f"{label}, {detail}" if detail else label
        lines = wrapped(text, LABEL_WIDTH, SIZE * self.stretch)
        more = LINE * (len(lines) - 1)
        middle = y + (ROW + more) / 2
        first = middle - more / 2 + SIZE * 0.35
        return (
            tuple((first + LINE * i, line) for i, line in enumerate(lines)),
            middle,
            y + ROW + more,
        )

    def arm_cells(self, row: ForestRow) -> tuple[Cell, ...]:
        return tuple(
            Cell(x=x, kind="arm", text=text, source=source)
            for texts, source, places in (
                (row.intervention, row.intervention_source, self.columns.intervention),
                (row.comparator, row.comparator_source, self.columns.comparator),
            )
            for x, text in zip(places, texts, strict=False)
        )

    def told_of(self, row: ForestRow) -> ForestRow:
        """Return a study's row with a dash in each of an arm's columns where nothing is known of it."""
        none = number(None, 0, reason=self.words.say("not-printed"), language=self.texts.language)
        columns = self.columns
        return replace(
            row,
            intervention=row.intervention or (none,) * len(columns.intervention),
            comparator=row.comparator or (none,) * len(columns.comparator),
        )

    def summary(
        self,
        axis: Axis,
        y: float,
        label: str,
        estimate: float,
        ends: tuple[float, float],
        effect: str,
        source: str,
    ) -> SummaryRow:
        cell = Cell(x=self.columns.effect, kind="effect", text=effect, source=source)
        return SummaryRow(
            y=y,
            label=label,
            x=axis.x(estimate),
            reach=self.reach(axis, *ends),
            cells=(cell,),
            told=source_box(label, [cell], self.columns.width),
        )

    def subtotal_texts(self, group: Subgroup) -> tuple[str, str]:
        """Return the label of a subgroup's diamond, without its name where any is long, and its effect."""
        effect = self.texts.of_scale(group.estimate, group.ci.low, group.ci.high)
        label = self.words.say("forest.subtotal", group=group.level)
        return label if self.named else self.words.say("forest.subtotal-short"), effect

    def group(
        self, group: Subgroup, axis: Axis, y: float
    ) -> tuple[SummaryRow, tuple[tuple[float, str], ...], float]:
        """Return a subgroup's diamond, the lines below it, and where these end."""
        label, effect = self.subtotal_texts(group)
        ends = (group.ci.low, group.ci.high)
        source = self.texts.pooled_source(group.k)
        subtotal = self.summary(axis, y + ROW / 2, label, group.estimate, ends, effect, source)
        y += ROW
        parts = self.texts.of_group(group)
        lines = columns_of_words(parts, " · ", self.columns.width, SMALL * self.stretch)
        notes = tuple((y + 10 + LINE * i, line) for i, line in enumerate(lines))
        return subtotal, notes, y + LINE * len(lines) + 4

    def summaries(
        self, axis: Axis, y: float, labels: Mapping[str, str], pooled: str, totals: ForestRow
    ) -> dict[str, SummaryRow]:
        result, texts = self.result, self.texts
        middle = {name: y + ROW * (i + 0.5) for i, name in enumerate(labels)}
        estimate = result["estimate"]
        ends = (result["ci_low"], result["ci_high"])
        source = texts.pooled_source(result["k"])
        row = self.summary(axis, middle["pooled"], labels["pooled"], estimate, ends, pooled, source)
        cells = [*self.arm_cells(totals), *row.cells]
        if self.hundred:
            cells.append(Cell(x=self.columns.weight, kind="weight", text=self.hundred, source=""))
        rows = {"pooled": replace(row, cells=tuple(cells))}
        if "prediction" in labels:
            ends = (result["pi_low"], result["pi_high"])
            rows["prediction"] = self.summary(
                axis,
                middle["prediction"],
                labels["prediction"],
                estimate,
                ends,
                texts.prediction(),
                source,
            )
        if texts.admitted:
            low, high = texts.admitted.low, texts.admitted.high
            ends = (math.log(low), math.log(high)) if texts.log else (low, high)
            effect = texts.span(low, high)
            rows["admitted"] = self.summary(
                axis,
                middle["admitted"],
                labels["admitted"],
                estimate,
                ends,
                effect,
                texts.range_source(),
            )
        return rows

    # under the axis

    def favours(self, null_x: float, width: float) -> tuple[str, str]:
        """Name whom each side of no difference favours; nobody's name leaves the drawing."""
        if self.higher_is is None:
            return "", ""
        say, size = self.words.say, SMALL * self.stretch
        names = self.arms if self.higher_is == "better" else (self.arms[1], self.arms[0])
        right, left = (say("forest.favours", name=name) for name in names)
        return (
            shortened(say("forest.left", text=left), null_x - GAP, size),
            shortened(say("forest.right", text=right), width - null_x - GAP, size),
        )


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
