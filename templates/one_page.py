"""The one-page brief: what it is, what it does, how sure, for whom, at what cost, and what is missing."""

from collections.abc import Iterator
from fractions import Fraction

from meta.choices.printed import half_up
from registry.vocabulary import COUNTRIES, OUTCOMES
from templates.bound import visible
from templates.case_reading import case_sentences
from templates.certainty_reading import certainty_reading, judged_of
from templates.charts.hundred_people import PEOPLE, hundred_people
from templates.contexts import EffectLine, OnePage
from templates.documents import Document, Figure
from templates.dossier import Dossier
from templates.effect_statements import statement
from templates.evidence import composed
from templates.gaps import gaps
from templates.kinds import KINDS
from templates.next_site import next_site_lines
from templates.origins import Origins
from templates.pictures import placed
from templates.plain_language import headline, people_of, plain_sentences
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
        With a figure of a hundred people, and without a list of references: the note has one.

    Raises
    ------
    InputError
        The language is not available, or the synthesis lacks a text in it.
    """
    page = _Page(dossier, language)
    return composed(KIND, dossier.analysis, page.build(), language, figures=tuple(page.figures()))


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
        self.people = people_of(self.outcome)
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
            caption=self.caption(),
            statement=self.statement(),
            outcome=OUTCOMES[self.outcome.outcome].label(self.language),
            measures=tuple(self.heading(one) for one in self.effects),
            lines=tuple(self.lines()),
            sure=" ".join(filter(None, self.sure())),
            whom=tuple(self.whom()),
            cost=" ".join(
                case_sentences(self.dossier.cases, self.outcome.outcome, self.intervention, tongue)
            ),
            missing=tuple(gaps(self.dossier, self.outcome, self.origins)),
            since=since_sentence(self.dossier.moved, tongue),
            sources=self.origins.studies(labels),
        )

    def caption(self) -> str:
        """Say what the figure shows; nothing where there is none."""
        if self.people is None:
            return ""
        reached = f"trial.outcome.{self.outcome.outcome}"
        label = OUTCOMES[self.outcome.outcome].label(self.language)
        return self.tongue.say(
            "onepage.figure",
            outcome=self.tongue.say(reached)
            if reached in self.tongue.words
            else self.tongue.say("trial.outcome", outcome=uncapital(label)),
        )

    def figures(self) -> Iterator[Figure]:
        """Yield a hundred people without and with the intervention, where the effect is about people."""
        if self.people is None:
            return
        shares = self.people.shares
        found = (shares.baseline, shares.estimate, shares.low, shares.high)
        without, there, low, high = (
            None if one is None else int(half_up(Fraction(repr(100 * one)), 0)) for one in found
        )
        assert without is not None
        assert there is not None
        origin = self.pooling.origin
        chart = hundred_people(
            without,
            there,
            (0 if low is None else low, PEOPLE if high is None else high),
            intervention=visible(self.intervention),
            of=self.people.of,
            source="" if origin is None else visible(f"{origin.what}. {origin.source}"),
            language=self.language,
        )
        yield placed("hundred", chart)

    @property
    def effects(self) -> list[Effect]:
        return [Effect(one, self.pooling) for one in self.outcome.pooled]

    def heading(self, effect: Effect) -> str:
        """Return the name of a measure as it fits a narrow column."""
        narrow = f"onepage.measure.{effect.envelope.measure}"
        return self.tongue.say(narrow) if narrow in self.tongue.words else capital(effect.name)

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
        mean = "onepage.row.mean" if len(self.outcome.studies) > 1 else "onepage.row.single"
        yield EffectLine(
            label=self.tongue.say(mean, level=effects[0].level),
            cells=tuple(f"{one.estimate} {one.brackets('ci')}" for one in effects),
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
