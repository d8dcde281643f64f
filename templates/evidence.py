"""Evidence: an analysis turned into the context of an evidence brief, every number formatted once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from registry.amounts import StudyAmounts
from registry.analyses import NO_VARIANCE, Analysis, OutcomeAnalysis
from registry.queries import ReportEntry, ScreenedStudy
from registry.vocabulary import (
    CLAIMS,
    DESIGNS,
    EXCLUSION_REASONS,
    OUTCOMES,
    POPULATIONS,
)
from templates.appendix_figures import Figure as AppendixFigure
from templates.appendix_figures import appendix_figures
from templates.bibliography import bibliography
from templates.bound import visible
from templates.cautions import cautions_of
from templates.certainty_reading import certainty_reading, judged_of
from templates.characteristics_table import characteristics_of
from templates.citations import bracketed, cited
from templates.contexts import (
    EvidenceBrief,
    ExcludedStudy,
    OnePage,
    PlacedFigure,
    Point,
    Question,
    ReportedLine,
    StudyBlock,
)
from templates.documents import Document, Figure, figure
from templates.dossier import Dossier
from templates.drawings import ForestPlot
from templates.effect_statements import statement
from templates.effects_table import study_effects_of
from templates.estimator_panel_table import estimators_of
from templates.figures import draw
from templates.headline import first_pooled
from templates.horizon_table import horizons_of
from templates.kinds import KINDS, Kind
from templates.means_table import MEAN_PLACES, RATIO_PLACES, MeansTable, study_heading
from templates.method_references import of_analysis
from templates.next_site import next_site_sentences
from templates.origins import FEW_NAMED, Origins
from templates.pooled_effect import Effect
from templates.readings import FEW, forest_of, null_reading, pooled_of
from templates.review_table import reviews_of
from templates.risk_of_bias_table import risk_of_bias_of
from templates.since import since_sentence
from templates.summary_of_findings import summary_of_findings
from templates.tongue import Tongue, arm_printed, named, short_name
from templates.typesetting import HOUSE
from templates.words import capital, uncapital


def synthesis_document(kind: Kind, dossier: Dossier, language: str = "da") -> Document:
    """Compose a document about a synthesis.

    Parameters
    ----------
    kind : Kind
        One about a synthesis.
    dossier : Dossier
    language : str

    Returns
    -------
    Document

    Raises
    ------
    InputError
        The language is not available, or the synthesis lacks a text in it.
    """
    analysis = dossier.analysis
    brief = _Brief(dossier, language)
    context = brief.build(kind)
    references = bibliography(analysis, dossier.publications)
    publishing = {one.id for one in dossier.publications}
    return composed(
        kind,
        analysis,
        context,
        language,
        references=references,
        listed=tuple(
            one["id"] for one in references if kind.name == "appendix" or one["id"] in publishing
        ),
        figures=(*brief.figures(), *(_placed(one) for one in brief.drawn)),
    )


def composed(
    kind: Kind,
    analysis: Analysis,
    context: EvidenceBrief | OnePage,
    language: str,
    *,
    references: Sequence[Mapping[str, Any]] = (),
    listed: tuple[str, ...] = (),
    figures: tuple[Figure, ...] = (),
) -> Document:
    """Return a document about a synthesis: named, dated and signed at its foot like every other."""
    return Document(
        stem=f"{analysis.synthesis}.{kind.name}.{language}",
        template=kind.template,
        context=context,
        title=visible(context.title),
        footer=f"Evidens · {analysis.synthesis} · {visible(context.version)} · {visible(context.dated)}",
        language=language,
        references=references,
        listed=listed,
        figures=figures,
        at=datetime.fromisoformat(analysis.plan["dated"]).replace(tzinfo=UTC),
    )


def evidence_brief(dossier: Dossier, language: str = "da") -> EvidenceBrief:
    """Build the context of the documents about a synthesis.

    Parameters
    ----------
    dossier : Dossier
    language : str

    Returns
    -------
    EvidenceBrief

    Raises
    ------
    InputError
        The synthesis lacks a text in the language.
    """
    return _Brief(dossier, language).build(KINDS["appendix"])


def _placed(drawn: AppendixFigure) -> Figure:
    size = (drawn.width, drawn.height)
    return figure(drawn.name, drawn.screen, drawn.paper, size, drawn.alternative)


class _Brief:
    """The parts of a brief share its analysis, its language and the short names of its arms."""

    def __init__(self, dossier: Dossier, language: str) -> None:
        self.dossier, self.analysis, self.language = dossier, dossier.analysis, language
        self.origins = Origins(dossier.analysis, language)
        self.tongue = self.origins.synthesis
        self.plan = self.analysis.plan
        self.question = Question(
            **{
                part: self.tongue.told(texts, f"question.{part}")
                for part, texts in self.plan["question"].items()
            }
        )
        self.names = (
            short_name(visible(self.question.intervention)),
            short_name(visible(self.question.comparator)),
        )
        self.arms = (
            self.tongue.excepted(self.names[0], "record"),
            self.tongue.excepted(self.names[1], "record"),
        )
        self.drawn: tuple[AppendixFigure, ...] = ()
        self.unbound = Tongue(self.tongue.words)
        """For drawings, whose numbers carry their sources in another way."""
        self.reports: dict[str, ReportEntry] = {one.id: one for one in self.analysis.reports}
        self.outcome = first_pooled(self.analysis)
        self.labels = [self.tongue.study(one.label) for one in self.analysis.included]

    def build(self, kind: Kind) -> EvidenceBrief:
        if kind is KINDS["appendix"]:
            drawn = appendix_figures(self.analysis, self.dossier.flow, self.unbound)
            first = next((one for one in drawn if one.name.startswith("forest-")), None)
            self.drawn = tuple(
                one for one in drawn if one is not first
            )  # it stands with its effect
        say, analysis, plan = self.tongue.say, self.analysis, self.plan
        table = MeansTable(self.origins, self.arms)
        outcome = self.outcome
        source = plan.get("inclusion_source")
        publisher = "" if source is None else named(self.reports[source["report"]], self.tongue)
        pooled = None
        if outcome is not None:
            label = OUTCOMES[outcome.outcome].label(self.language)
            (part,) = [one for one in plan["outcomes"] if one["outcome"] == outcome.outcome]
            pooled = pooled_of(
                outcome,
                label,
                publisher,
                self.plot,
                self.origins.pooled(outcome),
                self.origins.means(outcome.outcome, [one.label for one in outcome.studies]),
                tiered="counts" in part,
                multiverse=analysis.multiverse,
            )
        reviews = reviews_of(self.origins)
        read = {one.result.source.report for part in analysis.outcomes for one in part.studies}
        reported = self.tongue.listing(self.labels)
        cites = self.tongue.listing([cited(one) for one in sorted(read)])
        studies_source = say("as-cited", studies=reported, reports=cites)
        quoted = sorted({one.source.report for one in analysis.excluded if one.source is not None})
        return EvidenceBrief(
            title=self.tongue.told(plan["title"], "title"),
            kind=kind.label(self.language),
            dated=self.tongue.day(plan["dated"]),
            version=self.tongue.excepted(analysis.version, "date"),
            points=tuple(self.points(outcome)),
            purpose=self.tongue.told(plan["purpose"], "purpose"),
            question=self.question,
            inclusion=self.tongue.told(plan["inclusion"], "inclusion"),
            inclusion_quote=""
            if source is None
            else self.tongue.excepted(source.get("quote") or "", "record"),
            inclusion_language=""
            if source is None
            else self.reports[source["report"]].language or "",
            inclusion_where=""
            if source is None
            else bracketed([source["report"]], self.tongue.place(source["where"])),
            few=self.few(),
            cautions_by_rule=() if outcome is None else tuple(cautions_of(outcome, self.origins)),
            many=len(self.labels) > FEW,
            intervention=self.arms[0],
            comparator=self.arms[1],
            studies=tuple(self.block(one) for one in analysis.included),
            studies_source=studies_source,
            excluded=tuple(self.excluded()),
            excluded_column=say(
                "excluded-column.rule"
                if any(one.by_rule for one in analysis.excluded)
                else "excluded-column"
            ),
            excluded_source=self.tongue.listing(
                [
                    *([say("own-rule")] if any(one.by_rule for one in analysis.excluded) else []),
                    *(cited(one) for one in quoted),
                ]
            )
            if analysis.excluded
            else "",
            means=tuple(table.studies()),
            averages=tuple(table.averages()),
            means_heading=say("means-heading" if source is None else "means-heading.source"),
            means_title=say(
                "means-title",
                intervention=self.arms[0],
                comparator=uncapital(self.question.comparator),
                **self.tongue.studies(len(self.labels)),
            ),
            means_source=studies_source,
            marks=table.marks,
            no_interval=tuple(self.no_interval()),
            pooled=pooled,
            characteristics=characteristics_of(self.origins, self.dossier.descriptions),
            findings=summary_of_findings(self.origins, self.statements()),
            study_effects=study_effects_of(self.origins, self.arms),
            estimators=estimators_of(self.origins),
            risk_of_bias=risk_of_bias_of(self.origins, self.dossier.bias),
            figures=tuple(self.with_table(one) for one in self.drawn),
            reviews=reviews,
            horizons=horizons_of(self.origins, MEAN_PLACES),
            assumptions=table.assumptions,
            cautions=tuple(self.tongue.told(one, "cautions") for one in plan["cautions"]),
            methods=bool(of_analysis(analysis)),
        )

    @cached_property
    def plot(self) -> ForestPlot:
        """The forest plot of the first outcome that has a pooled effect, for any font."""
        assert self.outcome is not None
        return forest_of(self.analysis, self.outcome, self.names, self.unbound)

    def figures(self) -> Iterator[Figure]:
        """Yield the forest plot of the first outcome that has a pooled effect."""
        if self.outcome is not None:
            screen = self.plot
            paper = forest_of(self.analysis, self.outcome, self.names, self.unbound, HOUSE)
            said = f"{screen.title}. {screen.description}"
            yield figure("forest", draw(screen), draw(paper), (paper.width, paper.height), said)

    def with_table(self, drawn: AppendixFigure) -> PlacedFigure:
        def cell(text: str) -> str:
            return self.tongue.excepted(text, "figure")

        return PlacedFigure(
            name=drawn.name,
            caption=cell(drawn.caption),
            headings=tuple(map(cell, drawn.table.headings)),
            rows=tuple(tuple(map(cell, row)) for row in drawn.table.rows),
        )

    def few(self) -> str:
        k = len(self.labels)
        phrase = "single" if k == 1 else "few" if k <= FEW else "enough"
        return self.tongue.say(phrase, **self.tongue.studies(k))

    def points(self, outcome: OutcomeAnalysis | None) -> list[Point]:
        say, k = self.tongue.say, len(self.labels)
        compared = say(
            "compared",
            intervention=self.question.intervention,
            comparator=uncapital(self.question.comparator),
        )
        site: list[str] = []
        result, certainty = [], []
        if k <= FEW:
            certainty.append(say("few-short", **self.tongue.studies(k)))
        if outcome is not None:
            means = outcome.means
            used = [one.label for one in outcome.studies]
            averages = self.origins.means(outcome.outcome, used)
            if means.ratio is not None:
                result.append(
                    say(
                        "shares",
                        outcome=OUTCOMES[outcome.outcome].label(self.language),
                        intervention=averages.percent(means.intervention.value),
                        comparator=averages.percent(means.comparator.value),
                        name1=self.arms[0],
                        name2=self.arms[1],
                        ratio=averages.number(means.ratio.value, RATIO_PLACES),
                    )
                )
            pooling = self.origins.pooled(outcome)
            effects = [Effect(one, pooling) for one in outcome.pooled]
            label = OUTCOMES[outcome.outcome].label(self.language)
            site += next_site_sentences(effects, label, self.arms, pooling)
            pooled = self.tongue.listing([one.sentence for one in effects])
            result.append(say("pooled", effects=pooled))
            certainty.append(null_reading(effects, self.tongue))
        decided = None if outcome is None else judged_of(self.analysis, outcome)
        certainty.append(certainty_reading(decided, self.tongue))
        basis = [
            say("basis", labels=self.tongue.listing(self.labels), **self.tongue.studies(k))
            if k <= FEW_NAMED
            else say("basis.many", **self.tongue.studies(k))
        ]
        left_out = len(self.analysis.excluded)
        if left_out:
            about = self.tongue.studies(left_out)
            basis.append(self.tongue.words.counted("left-out", left_out, **about))
        points = {
            "box.site": site,
            "box.question": [] if site else [compared],
            "box.result": result,
            "box.basis": basis,
            "box.certainty": certainty,
            "box.since": [one] if (one := since_sentence(self.dossier.moved, self.tongue)) else [],
        }
        return [
            Point(name=say(name), text=" ".join(filter(None, sentences)))
            for name, sentences in points.items()
            if sentences
        ]

    # studies

    def block(self, study: ScreenedStudy) -> StudyBlock:
        return StudyBlock(
            heading=study_heading(study, self.tongue),
            design=capital(DESIGNS[study.design].label(self.language)),
            population=POPULATIONS[study.population].label(self.language),
            lines=tuple(
                self.reported(one)
                for outcome in self.analysis.outcomes
                for one in outcome.studies
                if one.study == study.study
            ),
        )

    def reported(self, row: StudyAmounts) -> ReportedLine:
        result, say = row.result, self.tongue.say
        measured = OUTCOMES[result.outcome].label(self.language)
        if OUTCOMES[result.outcome].unit == "percent":
            measured = say("row.percent", outcome=measured)
        intervention, comparator = (self.origins.reported(row, arm) for arm in self.arms)
        months = intervention.plain(result.months)
        return ReportedLine(
            measured=measured,
            when=self.tongue.words.counted(result.ascertainment, result.months, months=months),
            intervention=arm_printed(result.intervention, intervention),
            comparator=arm_printed(result.comparator, comparator),
            claim=CLAIMS[result.claim].label(self.language) if result.claim else say("no-claim"),
        )

    def excluded(self) -> Iterator[ExcludedStudy]:
        """Yield what a person left out, one by one, and what the rule left out, reason by reason."""
        apart: dict[str, list[str]] = {}
        for one in self.analysis.excluded:
            if one.by_rule:
                apart.setdefault(str(one.reason), []).append(self.tongue.study(one.label))
            else:
                yield self.left_out(one)
        for reason, labels in apart.items():
            about = self.tongue.studies(len(labels))
            yield ExcludedStudy(
                label=self.tongue.say("by-rule", **about),
                reason=capital(EXCLUSION_REASONS[reason].label(self.language)),
                quote="",
                language="",
                where="; ".join(labels),
            )

    def left_out(self, study: ScreenedStudy) -> ExcludedStudy:
        assert study.source is not None  # only what a rule decided has none
        return ExcludedStudy(
            label=self.tongue.study(study.label),
            reason=capital(EXCLUSION_REASONS[study.reason].label(self.language))
            if study.reason
            else "",
            quote=self.tongue.excepted(study.source.quote or "", "record"),
            language=self.reports[study.source.report].language or "",
            where=self.tongue.place(study.source.where),
        )

    def statements(self) -> dict[str, str]:
        """Return what each pooled outcome's finding means, in the words that its certainty allows."""
        return {
            one.outcome: statement(
                one.pooled[0],
                one.outcome,
                self.arms,
                judged_of(self.analysis, one),
                self.origins.pooled(one),
            )
            for one in self.analysis.outcomes
            if one.pooled
        }

    # what the numbers rest on

    def no_interval(self) -> list[str]:
        say, language = self.tongue.say, self.language
        sentences = [say("unweighted-no-interval")]
        silent = [
            uncapital(OUTCOMES[one.outcome].label(language))
            for one in self.analysis.outcomes
            if one.not_pooled == NO_VARIANCE
        ]
        if silent:
            sentences.append(say("no-variance", outcomes=capital(self.tongue.listing(silent))))
        sentences += [
            say(
                "not-pooled",
                outcome=OUTCOMES[one.outcome].label(language),
                reason=self.tongue.excepted(one.not_pooled, "record"),
            )
            for one in self.analysis.outcomes
            if one.not_pooled not in (None, NO_VARIANCE)
        ]
        return sentences
