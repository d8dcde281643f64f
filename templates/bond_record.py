"""A project's record in the reader's language: what its statements, places and investments say."""

from registry.vocabulary import COUNTRIES, QUALIFIERS
from studies.project import Investment, Location, Project, Statement
from templates.bond_fields import LABELS
from templates.bond_results import source_text
from templates.bond_values import DOLLARS, money_text, stated
from templates.tongue import Tongue


class BondRecord:
    """A project's record, read in a language.

    Parameters
    ----------
    project : Project
    tongue : Tongue
    """

    def __init__(self, project: Project, tongue: Tongue) -> None:
        self.project, self.tongue = project, tongue

    def label(self, name: str) -> str:
        """Return what a field is called."""
        return self.tongue.say(f"bond.field.{name}")

    def at(self, what: str, report: str, where: str) -> Tongue:
        """Return the tongue for numbers that are something and stand in a report."""
        return self.tongue.of(what, source_text(report, where, self.tongue))

    def own(self, text: str | None) -> str:
        """Return the record's own words; nothing without any."""
        return self.tongue.excepted(text or "", "record")

    def said(self, *labels: str) -> list[Statement]:
        """Return the statements about the fields of some names, in the order of the record."""
        return [one for one in self.project.statements if LABELS[one.field] in labels]

    def read(self, given: Statement) -> tuple[str, str]:
        """Return what a statement says, in our words or else in the record's."""
        at = self.at(self.label(LABELS[given.field]), given.source.report, given.source.where)
        return stated(given, at)

    def place(self, one: Location) -> str:
        """Return a place with its country."""
        country = "" if one.country is None else COUNTRIES[one.country].label(self.tongue.language)
        name = self.tongue.excepted(one.name or one.area or "", "label")
        return ", ".join(filter(None, (name, country)))

    def committed(self, one: Investment) -> str:
        """Return what an investor commits; in dollars where nothing else is told."""
        at = self.at(self.label("committed"), one.source.report, one.source.where)
        text = ""
        for least, exact, most, currency in (
            (one.least, one.exact, one.most, one.currency),
            (one.usd_least, one.usd_exact, one.usd_most, DOLLARS),
        ):
            if not text:
                text = self.amount(least, exact, most, currency, at)
        if not text or one.investor is None:
            return text
        investor = self.tongue.excepted(self.project.parties[one.investor].name, "label")
        return self.tongue.say("bond.by", amount=text, investor=investor)

    def amount(
        self,
        least: str | None,
        exact: str | None,
        most: str | None,
        currency: str | None,
        at: Tongue,
    ) -> str:
        """Return an amount, or the ends that a source gives of it; nothing without any."""
        if exact is not None:
            return money_text(exact, currency, at)
        ends = [money_text(end, currency, at) for end in (least, most) if end is not None]
        if len(ends) < 2:
            word = QUALIFIERS["at-least" if most is None else "at-most"]
            return "".join(f"{word.label(self.tongue.language)} {end}" for end in ends)
        return self.tongue.say("bond.from-to", start=ends[0], end=ends[1])
