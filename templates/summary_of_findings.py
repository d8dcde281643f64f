"""The summary of findings: for each outcome what happens without the intervention, and what with it.

The corresponding risk is the assumed one under the pooled effect, whose interval gives its own; the assumed
risk is taken as known (Cochrane Handbook, chapter 14). Where it is from stands below the table. How certain
the evidence is, people decide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from meta.choices.absolute_effect import WITH, absolute_effect
from meta.effects.measures import Measure
from registry.analyses import NO_VARIANCE, OutcomeAnalysis, PooledEnvelope
from registry.decided_certainty import DecidedCertainty
from registry.next_sites import PLAN, Baseline
from registry.vocabulary import CERTAINTY_DOMAINS, CERTAINTY_LEVELS, OUTCOMES
from templates.certainty_reading import judged_of
from templates.citations import bracketed
from templates.formats import number
from templates.origins import Origins
from templates.pooled_effect import Effect
from templates.tongue import Tongue
from templates.words import capital, sentence, uncapital

MOST_OUTCOMES = 7
"""No summary of findings has more (Cochrane Handbook, chapter 14)."""
PEOPLE = 1000
MEAN_PLACES = 1
DENMARK = "DK"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """An outcome by one effect measure."""

    measure: str = field(metadata={"help": "The effect measure."})
    assumed: str = field(metadata={"help": "Without the intervention."})
    corresponding: str = field(
        metadata={"help": "With the intervention, with the interval where there is one."}
    )
    effect: str = field(metadata={"help": "The effect with its interval."})
    people: str = field(metadata={"help": "Participants, and studies in brackets."})
    certainty: str = field(metadata={"help": "How certain, and the domains it was rated down for."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingBlock:
    """An outcome."""

    outcome: str = field(metadata={"help": "The outcome, its follow-up and its unit."})
    statement: str = field(metadata={"help": "What it means, in a sentence; may be empty."})
    lines: tuple[FindingLine, ...] = field(metadata={"help": "One an effect measure."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryOfFindings:
    """What a synthesis found, outcome by outcome."""

    blocks: tuple[FindingBlock, ...] = field(
        metadata={"help": "One for each outcome, at most seven."}
    )
    notes: tuple[str, ...] = field(
        metadata={
            "help": "Where assumed risks are from, why the certainty is what it is, what is missing."
        }
    )
    source: str = field(metadata={"help": "The studies that it rests on."})


def summary_of_findings(
    origins: Origins, statements: Mapping[str, str] | None = None
) -> SummaryOfFindings:
    """Summarise the findings of a synthesis.

    Parameters
    ----------
    origins : Origins
    statements : mapping of str to str, optional
        What the finding means in a sentence, by outcome.

    Returns
    -------
    SummaryOfFindings
        Of the plan's first seven outcomes; a note names the others.

    References
    ----------
    Schünemann, Higgins, Vist et al., Completing "Summary of findings" tables, in the Cochrane Handbook for
    Systematic Reviews of Interventions, chapter 14.
    """
    told = [_Finding(origins, one) for one in origins.analysis.outcomes[:MOST_OUTCOMES]]
    others = origins.analysis.outcomes[MOST_OUTCOMES:]
    tongue = origins.synthesis
    labels = dict.fromkeys(row.label for one in told for row in one.outcome.studies)
    return SummaryOfFindings(
        blocks=tuple(one.block((statements or {}).get(one.outcome.outcome, "")) for one in told),
        notes=tuple(
            dict.fromkeys(
                [*(note for one in told for note in one.notes()), *_left_out(others, tongue)]
            )
        ),
        source=origins.studies(list(labels)),
    )


class _Finding:
    """An outcome's cells share its effects, its judgement and its tongue."""

    def __init__(self, origins: Origins, outcome: OutcomeAnalysis) -> None:
        self.origins, self.outcome = origins, outcome
        self.tongue = origins.pooled(outcome)
        self.effects = [Effect(one, self.tongue) for one in outcome.pooled]
        self.label = _label(outcome, self.tongue)
        self.judged = judged_of(origins.analysis, outcome)

    def block(self, statement: str) -> FindingBlock:
        lines = [self.line(one) for one in self.effects]
        binary = OUTCOMES[self.outcome.outcome].kind == "binary"
        unit = "risk" if lines else "share" if binary else "mean"
        return FindingBlock(
            outcome=self.tongue.say(
                "findings.outcome",
                outcome=self.label,
                when=self.when(),
                unit=self.tongue.say(f"findings.{unit}"),
            ),
            statement=statement,
            lines=tuple(lines) or (self.means(),),
        )

    def when(self) -> str:
        """Return the shortest and the longest follow-up of its studies."""
        follow_up = self.origins.synthesis.of(
            self.tongue.say("findings.follow-up", outcome=self.label),
            self.origins.studies([one.label for one in self.outcome.studies]),
        )
        months = [one.result.months for one in self.outcome.studies]
        first, last = min(months), max(months)
        if first == last:
            return self.tongue.words.counted(
                "findings.months", first, months=follow_up.plain(first)
            )
        return self.tongue.say(
            "findings.between", first=follow_up.plain(first), last=follow_up.plain(last)
        )

    def line(self, effect: Effect) -> FindingLine:
        envelope = effect.envelope
        assumed, corresponding = self.risks(effect)
        people = sum(table.n1i + table.n2i for table in envelope.shown_tables)
        return FindingLine(
            measure=capital(effect.name),
            assumed=assumed,
            corresponding=corresponding,
            effect=f"{effect.estimate} {effect.brackets('ci')}",
            people=self.people(effect.of("participants").plain(people), envelope.shown.effects.k),
            certainty=self.certainty(),
        )

    def risks(self, effect: Effect) -> tuple[str, str]:
        """Return the assumed and the corresponding risk of a thousand; a dash where there is none."""
        none = self.nothing()
        baseline = effect.site.baseline
        if baseline is None:
            return none, none
        share = float(baseline.percent) / 100
        what = self.tongue.say("findings.what-assumed", outcome=self.label)
        assumed = self.baseline(baseline, what).shown(PEOPLE * baseline.percent / 100, 0)
        about = self.tongue.part(self.tongue.say("findings.what-corresponding"))
        risk, (low, high), _ = corresponding_risk(effect.envelope, share)
        if risk is None:
            return assumed, none
        ends = about.interval(PEOPLE * low, PEOPLE * high, 0, positive=True)
        return assumed, f"{about.shown(PEOPLE * risk, 0)} {ends}"

    def baseline(self, baseline: Baseline, what: str) -> Tongue:
        if baseline.basis == PLAN and baseline.source is not None:
            origin = bracketed([baseline.source.report], self.tongue.place(baseline.source.where))
            return self.origins.plan.of(what, origin)
        return self.origins.means(
            self.outcome.outcome, [one.label for one in self.outcome.studies]
        ).about(what)

    def means(self) -> FindingLine:
        """Return an outcome of which nothing is pooled: two means, and no interval."""
        means = self.outcome.means
        about = self.origins.means(
            self.outcome.outcome, [one.label for one in self.outcome.studies]
        )
        values = [
            about.part(self.tongue.say(f"findings.{name}")).number(one.value, MEAN_PLACES)
            for name, one in (
                ("assumed", means.comparator),
                ("corresponding", means.intervention),
                ("difference", means.difference),
            )
        ]
        return FindingLine(
            measure=self.tongue.say("findings.means"),
            assumed=values[0],
            corresponding=values[1],
            effect=values[2],
            people=self.people(self.nothing(), means.k),
            certainty=self.certainty(),
        )

    def people(self, participants: str, k: int) -> str:
        about = self.tongue.part(self.tongue.say("what.k"))
        return self.tongue.say("findings.people", people=participants, k=about.plain(k))

    def nothing(self) -> str:
        return number(None, 0, reason=self.tongue.say("findings.why-none"))

    # certainty

    def certainty(self) -> str:
        if self.judged is None:
            return self.tongue.say("findings.not-judged")
        level = capital(CERTAINTY_LEVELS[self.judged.level].label(self.tongue.language))
        domains = [
            CERTAINTY_DOMAINS[one.domain].label(self.tongue.language)
            for one in self.judged.steps
            if one.steps
        ]
        if not domains:
            return level
        reasons = self.tongue.listing(domains)
        return self.tongue.say("findings.certainty", level=level, reasons=reasons)

    # notes

    def notes(self) -> Iterator[str]:
        if self.effects:
            yield from self.baseline_notes(self.effects[0].site.baseline)
            yield from dict.fromkeys(note for one in self.effects for note in self.range_notes(one))
        else:
            reason = self.outcome.not_pooled
            yield self.tongue.say(
                "findings.no-variance" if reason in (None, NO_VARIANCE) else "findings.not-pooled",
                outcome=self.label,
            )
        yield from self.reasons(self.judged)

    def baseline_notes(self, baseline: Baseline | None) -> Iterator[str]:
        if baseline is None:
            yield self.tongue.say("findings.no-baseline", outcome=self.label)
        elif baseline.basis == PLAN and baseline.source is not None:
            where = bracketed([baseline.source.report], self.tongue.place(baseline.source.where))
            yield self.tongue.say("findings.planned", outcome=self.label, source=where)
        else:
            yield self.tongue.say("findings.trials", outcome=self.label)
            yield from self.danish()

    def danish(self) -> Iterator[str]:
        """Say what the comparison groups of Danish studies had, where the plan names no risk."""
        at_home = {
            one.study for one in self.origins.analysis.included if one.countries == (DENMARK,)
        }
        envelope = self.effects[0].envelope
        pairs = [
            (counts.label, table)
            for counts, table in zip(envelope.counts, envelope.shown_tables, strict=True)
            if counts.study in at_home
        ]
        if not pairs:
            return
        labels = [label for label, _ in pairs]
        events, people = (sum(getattr(table, name) for _, table in pairs) for name in ("ci", "n2i"))
        about = self.origins.comparing(
            self.tongue.say("findings.what-danish", outcome=self.label), labels
        )
        yield self.tongue.say(
            "findings.danish",
            studies=self.origins.studies(labels),
            number=about.shown(Fraction(PEOPLE * events, people), 0),
        )

    def range_notes(self, effect: Effect) -> Iterator[str]:
        baseline = effect.site.baseline
        if baseline is None:
            return
        risk, _, cut = corresponding_risk(effect.envelope, float(baseline.percent) / 100)
        if risk is None:
            yield self.tongue.say("findings.no-risk", outcome=self.label, measure=effect.short)
        elif cut:
            yield self.tongue.say("findings.cut", outcome=self.label, measure=effect.short)

    def reasons(self, judged: DecidedCertainty | None) -> Iterator[str]:
        if judged is None:
            return
        language = self.tongue.language
        given = [
            self.tongue.say(
                "findings.reason",
                domain=CERTAINTY_DOMAINS[one.domain].label(language),
                reason=self.tongue.excepted(one.reason.rstrip("."), "record"),
            )
            for one in judged.steps
            if one.steps
        ]
        yield sentence(
            self.tongue.say(
                "findings.judged",
                outcome=self.label,
                judged_by=self.tongue.excepted(judged.judged_by, "record"),
                dated=self.tongue.day(judged.dated),
                reasons="; ".join(given) or self.tongue.say("findings.no-reasons"),
            )
        )


def corresponding_risk(
    envelope: PooledEnvelope, assumed: float
) -> tuple[float | None, tuple[float, float], bool]:
    """Return the risk with the intervention at an assumed risk without it.

    For a risk ratio it is the assumed risk times the ratio, for an odds ratio the risk whose odds are the
    assumed odds times the ratio, for a risk difference the sum.

    Parameters
    ----------
    envelope : PooledEnvelope
    assumed : float
        A proportion above 0 and below 1.

    Returns
    -------
    risk : float or None
        None for another measure, and where the effect makes it no proportion.
    ends : (float, float)
        Of its interval, cut where they are no proportions.
    cut : bool
        Whether an end was.
    """
    if Measure(envelope.measure) not in WITH:
        return None, (0.0, 1.0), False
    effect = absolute_effect(envelope.shown, assumed)
    low, high = effect.p0 + effect.ci.low, effect.p0 + effect.ci.high
    kept = (max(low, 0.0), min(high, 1.0))
    return effect.p1 if 0 <= effect.p1 <= 1 else None, kept, kept != (low, high)


def _left_out(others: Sequence[OutcomeAnalysis], tongue: Tongue) -> Iterator[str]:
    if others:
        outcomes = tongue.listing([uncapital(_label(one, tongue)) for one in others])
        yield tongue.say("findings.others", outcomes=outcomes)


def _label(outcome: OutcomeAnalysis, tongue: Tongue) -> str:
    return tongue.excepted(OUTCOMES[outcome.outcome].label(tongue.language), "record")
