"""The figures of a technical appendix: every one that an analysis has the numbers for, and may show.

What a plan does not ask for is computed here from what the analysis holds: the estimate without each study,
as studies came in, in subsets. A method whose rules of use forbid it with these studies is left out.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from meta.diagnostics.cumulative import cumulative
from meta.diagnostics.gosh import Gosh, gosh
from meta.diagnostics.influence import baujat
from meta.diagnostics.leave_one_out import leave_one_out
from meta.faults import ConvergenceError, InputError
from meta.models.remarks import FEW_STUDIES
from meta.models.results import MetaAnalysis
from meta.small_study.funnel import funnel
from meta.small_study.rules import FEWEST
from meta.small_study.trim_and_fill import TrimAndFill, trim_and_fill
from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.screening import Flow
from registry.subgroup_readings import SubgroupReading
from registry.vocabulary import OUTCOMES, SUBGROUPS
from templates.charts.baujat_chart import baujat_chart
from templates.charts.flow_chart import flow_chart
from templates.charts.funnel_plot import funnel_chart
from templates.charts.gosh_chart import gosh_chart
from templates.charts.marks import Chart, Table, draw_chart
from templates.charts.refits_chart import refits_chart
from templates.charts.specification_curve import specification_curve
from templates.charts.tau_chart import tau_chart
from templates.figures import draw
from templates.formats import plain
from templates.readings import forest_of
from templates.synthesis_trial import PEOPLE, trial_of
from templates.tongue import Tongue, in_language, short_name
from templates.typesetting import HOUSE

FEWEST_LEFT_OUT = 3
"""With two studies the estimate without one of them is the other's."""
ALL_SUBSETS = 13
"""Up to so many studies GOSH shows all subsets, beyond it as many as `DRAWN`, with the seed 1."""
DRAWN = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with all that a document needs to place it."""

    name: str = field(metadata={"help": "Its name, which no other figure of the document has."})
    caption: str = field(metadata={"help": "What stands below it, without its number."})
    alternative: str = field(metadata={"help": "What it shows, for those who do not see it."})
    screen: str = field(
        metadata={"help": "The drawing as SVG, where the reader's font is unknown."}
    )
    paper: str = field(metadata={"help": "The drawing where the house's own font is set."})
    table: Table = field(metadata={"help": "Its numbers."})
    width: float = field(metadata={"help": "Width of the drawing on paper, in its own unit."})
    height: float = field(metadata={"help": "Height of the drawing on paper, in the same."})


def appendix_figures(analysis: Analysis, flow: Flow | None, tongue: Tongue) -> tuple[Figure, ...]:
    """Draw the figures of a technical appendix.

    Parameters
    ----------
    analysis : Analysis
    flow : Flow, optional
        Of the same synthesis; without it the diagram of the selection is left out.
    tongue : Tongue

    Returns
    -------
    tuple of Figure
        The selection of studies; for each outcome with a pooled effect the forest plot of each effect, by
        each subgroup too, and of the first effect: the funnel (from `FEWEST` studies on), leave-one-out and
        cumulative analysis, Baujat's plot and GOSH (where there are more than few studies), prior and
        posterior of tau (where there is a Bayesian analysis); the specification curve; the hypothetical
        trial. A leave-one-out or cumulative analysis of which a fit does not converge is left out.

    Raises
    ------
    InputError
        The synthesis lacks a text in the language.
    """
    return tuple(_Appendix(analysis, tongue).figures(flow))


def subsets_of(fit: MetaAnalysis) -> Gosh:
    """Return the estimates of all subsets of the studies; of many, those of as many as `DRAWN`."""
    return gosh(fit) if fit.effects.k <= ALL_SUBSETS else gosh(fit, subsets=DRAWN, seed=1)


def filled_of(fit: MetaAnalysis) -> TrimAndFill | None:
    """Return trim and fill; None where its rules of use forbid it with these studies."""
    try:
        return trim_and_fill(fit)
    except InputError:
        return None


class _Appendix:
    """The figures share the analysis, the language and the names of the arms."""

    def __init__(self, analysis: Analysis, tongue: Tongue) -> None:
        self.analysis, self.tongue = analysis, tongue
        self.language = tongue.language
        question = analysis.plan["question"]
        intervention, comparator = (
            short_name(in_language(question[one], self.language, f"question.{one}"))
            for one in ("intervention", "comparator")
        )
        self.arms = (intervention, comparator)
        self.years = {one.study: float(one.year) for one in analysis.included}

    def figures(self, flow: Flow | None) -> Iterator[Figure]:
        say = self.tongue.say
        if flow is not None and flow.identified:
            yield self.chart(flow_chart(flow, self.language), "flow", say("appendix.flow"))
        for outcome in self.analysis.outcomes:
            for envelope in outcome.pooled:
                yield from self.forests(outcome, envelope)
            for envelope in outcome.pooled[:1]:
                yield from self.diagnostics(outcome, envelope)
        universe = self.analysis.multiverse
        if universe is not None:
            curve = universe.found.curves[0]
            words = ", ".join(self.tongue.words.term("measure", one) for one in curve.measures)
            yield self.chart(
                specification_curve(
                    curve, universe.found.level, self.language, universe.definitions
                ),
                "specification-curve",
                say(
                    "appendix.specification-curve",
                    outcome=OUTCOMES[universe.outcome].label(self.language),
                    measure=words,
                ),
            )
        trial = trial_of(self.analysis, self.tongue)
        if trial is not None:
            people = plain(2 * PEOPLE, language=self.language)
            caption = say("appendix.hypothetical-trial", n=people)
            yield self.chart(trial, "hypothetical-trial", caption)

    def forests(self, outcome: OutcomeAnalysis, envelope: PooledEnvelope) -> Iterator[Figure]:
        say, values = self.tongue.say, self.values(outcome, envelope)
        stem = f"forest-{outcome.outcome}-{envelope.measure.lower()}"
        caption = say("caption", **values)
        if envelope.fits > 1:
            caption += say("caption-range")
        yield self.forest(outcome, envelope, None, stem, caption)
        for reading in envelope.subgroups:
            if reading.finding is not None:
                by = SUBGROUPS[reading.by].label(self.language)
                caption = say("appendix.forest-groups", by=by, **values)
                yield self.forest(outcome, envelope, reading, f"{stem}-{reading.by}", caption)

    def diagnostics(self, outcome: OutcomeAnalysis, envelope: PooledEnvelope) -> Iterator[Figure]:
        values = self.values(outcome, envelope)
        for chart in self.charts(envelope):
            name = f"{chart.kind}-{outcome.outcome}-{envelope.measure.lower()}"
            yield self.chart(chart, name, self.tongue.say(f"appendix.{chart.kind}", **values))

    def charts(self, envelope: PooledEnvelope) -> Iterator[Chart]:
        fit, language = envelope.shown, self.language
        k = fit.effects.k
        if k >= FEWEST:
            yield funnel_chart(funnel(fit), filled_of(fit), language)
        if k >= FEWEST_LEFT_OUT:
            years = [self.years[one.study] for one in envelope.counts]
            order = [years[row] for row in fit.effects.rows.tolist()]
            with suppress(ConvergenceError):
                yield refits_chart(leave_one_out(fit), fit, language)
            with suppress(ConvergenceError):
                yield refits_chart(cumulative(fit, order), fit, language)
        if k > FEW_STUDIES:
            yield baujat_chart(baujat(fit), language)
            yield gosh_chart(subsets_of(fit), language)
        if envelope.panel is not None and envelope.panel.bayes is not None:
            yield tau_chart(envelope.panel.bayes, language)

    def values(self, outcome: OutcomeAnalysis, envelope: PooledEnvelope) -> dict[str, str]:
        return {
            "outcome": OUTCOMES[outcome.outcome].label(self.language),
            "measure": self.tongue.words.term("measure", envelope.measure),
        }

    def forest(
        self,
        outcome: OutcomeAnalysis,
        envelope: PooledEnvelope,
        groups: SubgroupReading | None,
        name: str,
        caption: str,
    ) -> Figure:
        screen, paper = (
            replace(
                forest_of(
                    self.analysis,
                    outcome,
                    self.arms,
                    self.tongue,
                    stretch,
                    envelope=envelope,
                    groups=groups,
                ),
                name=name,
            )
            for stretch in (1.0, HOUSE)
        )
        return Figure(
            name=name,
            caption=caption,
            alternative=f"{screen.title}. {screen.description}",
            screen=draw(screen),
            paper=draw(paper),
            table=screen.table,
            width=paper.width + 4,
            height=paper.height,
        )

    def chart(self, chart: Chart, name: str, caption: str) -> Figure:
        drawn = draw_chart(replace(chart, name=name))  # it has room for any font
        return Figure(
            name=name,
            caption=caption,
            alternative=f"{chart.title}. {chart.description}",
            screen=drawn,
            paper=drawn,
            table=chart.table,
            width=chart.width,
            height=chart.height,
        )
