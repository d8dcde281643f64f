"""The one-page brief: what it is, what it does, how sure, for whom, at what cost, and what is missing."""

from collections.abc import Iterator
from datetime import UTC, datetime

from registry.vocabulary import COUNTRIES, OUTCOMES
from templates.bound import visible
from templates.case_reading import case_sentences
from templates.certainty_reading import certainty_reading
from templates.contexts import EffectLine, OnePage
from templates.documents import Document
from templates.dossier import Dossier
from templates.effect_statements import statement
from templates.gaps import gaps
from templates.kinds import KINDS
from templates.next_site import next_site_lines
from templates.origins import Origins
from templates.plain_language import headline, judged_of, plain_sentences
from templates.pooled_effect import Effect
from templates.readings import FEW, null_reading
from templates.since import since_sentence
from templates.tongue import ABBREVIATION, in_language, short_name
from templates.words import capital, uncapital

KIND = KINDS["one-page"]


def one_page_document(dossier: Dossier, language: str = "da") -> Document:
    """Compose the one-page brief of a synthesis.

    Parameters
    ----------
    dossier : Dossier
    language : str

    Returns
    -------
    Document
        Without figures and without a list of references: the note and the appendix have both.

    Raises
    ------
    InputError
        The language is not available, or the synthesis lacks a text in it.
    """
    analysis = dossier.analysis
    context = one_page(dossier, language)
    return Document(
        stem=f"{analysis.synthesis}.{KIND.name}.{language}",
        template=KIND.template,
        context=context,
        title=visible(context.title),
        footer=f"Evidens · {analysis.synthesis} · {visible(context.version)} · {visible(context.dated)}",
        language=language,
        references=(),
        listed=(),
        figures=(),
        at=datetime.fromisoformat(analysis.plan["dated"]).replace(tzinfo=UTC),
    )


def one_page(dossier: Dossier, language: str = "da") -> OnePage:
    """Build the context of the one-page brief of a synthesis.

    Parameters
    ----------
    dossier : Dossier
    language : str

    Returns
    -------
    OnePage

    Raises
    ------
    InputError
        The synthesis lacks a text in the language.
    """
    return _Page(dossier, language).build()


class _Page:
    """The parts of the page share the dossier, the outcome that it is about, and the origins of numbers."""

    def __init__(self, dossier: Dossier, language: str) -> None:
        self.dossier, self.language = dossier, language
        self.analysis = dossier.analysis
        self.outcome = headline(self.analysis.outcomes)
        self.origins = Origins(self.analysis, language)
        self.tongue = self.origins.synthesis
        self.pooling = self.origins.pooled(self.outcome)
        question = {
            part: in_language(texts, language, f"question.{part}")
            for part, texts in self.analysis.plan["question"].items()
        }
        self.question = {
            part: self.tongue.excepted(text, "record") for part, text in question.items()
        }
        self.intervention = self.tongue.excepted(short_name(question["intervention"]), "record")
        self.comparator = self.tongue.excepted(
            uncapital(ABBREVIATION.sub("", question["comparator"]).strip()), "record"
        )

    def build(self) -> OnePage:
        plan, tongue = self.analysis.plan, self.tongue
        labels = [one.label for one in self.outcome.studies]
        averages = self.origins.means(self.outcome.outcome, labels)
        return OnePage(
            title=tongue.told(plan["title"], "title"),
            kind=KIND.label(self.language),
            dated=tongue.day(plan["dated"]),
            version=tongue.excepted(self.analysis.version, "date"),
            what=tongue.say(
                "onepage.what",
                intervention=self.question["intervention"],
                comparator=self.comparator,
                outcome=uncapital(self.question["outcome"]),
            ),
            plain=" ".join(
                plain_sentences(
                    self.analysis, self.outcome, self.intervention, self.pooling, averages
                )
            ),
            statement=self.statement(),
            outcome=OUTCOMES[self.outcome.outcome].label(self.language),
            measures=tuple(capital(one.name) for one in self.effects),
            lines=tuple(self.lines()),
            sure=" ".join(filter(None, self.sure())),
            whom=tuple(self.whom()),
            cost=" ".join(
                case_sentences(self.dossier.cases, self.outcome.outcome, self.intervention, tongue)
            ),
            missing=tuple(gaps(self.dossier, self.outcome, self.origins)),
            since=since_sentence(self.dossier.moved, tongue),
            sources=tongue.listing([tongue.study(one) for one in labels]),
        )

    @property
    def effects(self) -> list[Effect]:
        return [Effect(one, self.pooling) for one in self.outcome.pooled]

    def statement(self) -> str:
        if not self.outcome.pooled:
            return self.tongue.say("onepage.nothing-pooled", intervention=self.intervention)
        return statement(
            self.outcome.pooled[0],
            self.outcome.outcome,
            (self.intervention, self.comparator),
            judged_of(self.analysis, self.outcome),
            self.tongue,
        )

    def lines(self) -> Iterator[EffectLine]:
        """Yield what the next site should expect, and the mean of many."""
        effects = self.effects
        if not effects:
            return
        if any(one.site.found is not None for one in effects):
            yield from next_site_lines(effects, self.pooling)
        mean = "row.estimate" if len(self.outcome.studies) > 1 else "onepage.row.single"
        yield EffectLine(label=self.tongue.say(mean), cells=tuple(one.estimate for one in effects))
        yield EffectLine(
            label=self.tongue.say("row.ci", level=effects[0].level),
            cells=tuple(one.brackets("ci") for one in effects),
        )

    def sure(self) -> Iterator[str]:
        """Yield how few studies there are, what the intervals hold, and what people judged."""
        k = len(self.outcome.studies)
        if k <= FEW:
            yield self.tongue.say("few-short", **self.tongue.studies(k))
        yield null_reading(self.effects, self.tongue)
        yield certainty_reading(judged_of(self.analysis, self.outcome), self.tongue)

    def whom(self) -> Iterator[str]:
        """Yield for whom it is meant, and where it was studied."""
        yield self.tongue.say("onepage.meant", population=uncapital(self.question["population"]))
        used = {one.study for one in self.outcome.studies}
        studies = [one for one in self.analysis.included if one.study in used]
        countries = dict.fromkeys(
            COUNTRIES[code].label(self.language) for one in studies for code in one.countries
        )
        if countries:
            listed = self.tongue.listing(list(countries))
            yield self.tongue.words.counted("onepage.studied", len(studies), countries=listed)
        else:
            yield self.tongue.say("onepage.no-countries")
