"""What is stated of an impact bond, block by block: the rows of the first table of its profile."""

from collections.abc import Iterator
from fractions import Fraction

from registry.vocabulary import PARTY_ROLES
from studies.project import Investment, Location, Payment, Statement
from studies.project_values import amount
from templates.bond_contexts import FactBlock, FactLine
from templates.bond_fields import BLOCKS, LABELS
from templates.bond_record import BondRecord
from templates.bond_results import Marker
from templates.bond_values import money_text, period_text
from templates.citations import cited
from templates.numerals import EN_DASH
from templates.words import capital


def fact_blocks(record: BondRecord, mark: Marker) -> Iterator[FactBlock]:
    """Yield what sources state of a project, in the order of `templates.bond_fields`.

    Parameters
    ----------
    record : BondRecord
    mark : callable
        Gives a dispute its letter.
    """
    yield from _Facts(record, mark).blocks()


class _Facts:
    """The rows share the record and the letters of disputes."""

    def __init__(self, record: BondRecord, mark: Marker) -> None:
        self.record, self.project, self.tongue = record, record.project, record.tongue
        self.mark = mark

    def blocks(self) -> Iterator[FactBlock]:
        beside = {
            "time": self.locations,
            "people": self.reached,
            "parties": self.parties,
            "money": self.payments,
            "contract": self.terms,
        }
        for name in ("work", "time", "people", "parties", "money", "contract"):
            lines = [
                self.fact(one)
                for path in BLOCKS.get(name, ())
                for one in self.project.statements
                if one.field == path
            ]
            lines += beside[name]() if name in beside else []
            if lines:
                heading = self.tongue.say(f"bond.block.{name}")
                yield FactBlock(heading=heading, lines=tuple(lines))

    def fact(self, one: Statement) -> FactLine:
        label = self.record.label(LABELS[one.field])
        if ".amount_usd" in one.field:
            label = self.tongue.say("bond.in-dollars", what=label)
        value, words = self.record.read(one)
        return self.line(label, value, words, one)

    def line(
        self, label: str, value: str, words: str, one: Statement | Location | Payment | Investment
    ) -> FactLine:
        return FactLine(
            label=capital(label),
            value=value,
            words=words,
            note=self.record.own(one.note),
            source=cited(one.source.report),
            mark=self.mark(label, one.disputed),
        )

    def locations(self) -> Iterator[FactLine]:
        for one in self.project.locations:
            text = (
                self.record.place(one)
                or self.record.own(one.postcode)
                or self.record.own(one.area_code)
            )
            if text:
                yield self.line(self.record.label("place"), text, "", one)

    def reached(self) -> Iterator[FactLine]:
        """Yield the part of the people aimed at that were reached, where each is told once."""
        numbers = [
            {people(one) for one in self.record.said(label)} for label in ("targeted", "reached")
        ]
        if any(len(some) != 1 for some in numbers):
            return
        (aim,), (came,) = numbers
        if not aim or came is None:
            return
        reports = [one.source.report for one in self.record.said("targeted", "reached")]
        names = self.tongue.listing([cited(one) for one in dict.fromkeys(reports)])
        derived = self.tongue.of(
            self.record.label("reached-of"), self.tongue.say("bond.derived", of=names)
        )
        yield FactLine(
            label=capital(self.record.label("reached-of")),
            value=derived.percent(100 * came / aim),
            words="",
            note="",
            source=self.tongue.say("bond.own"),
            mark="",
        )

    def parties(self) -> Iterator[FactLine]:
        order = list(PARTY_ROLES)
        for one in sorted(self.project.parties.values(), key=lambda one: order.index(one.role)):
            yield FactLine(
                label=capital(PARTY_ROLES[one.role].label(self.tongue.language)),
                value=self.tongue.excepted(one.name, "label"),
                words="",
                note=self.record.own(one.note),
                source=cited(one.source.report),
                mark="",
            )

    def payments(self) -> Iterator[FactLine]:
        for given in self.project.investments:
            text = self.record.committed(given) or EN_DASH
            yield self.line(self.record.label("committed"), text, "", given)
        for one in self.project.payments:
            label = self.record.label("planned-payment" if one.type == "Planned" else "payment")
            at = self.record.at(label, one.source.report, one.source.where)
            parts = [money_text(one.amount, one.currency, at)]
            if one.period is not None:
                parts.append(period_text(one.period, at))
            if one.covers_outcome == "no":
                parts.append(self.tongue.say("bond.not-for-outcome"))
            yield self.line(label, "; ".join(filter(None, parts)), "", one)

    def terms(self) -> Iterator[FactLine]:
        for one in self.project.investments:
            for name, text in (
                ("loss", one.maximum_loss),
                ("return-type", one.return_type),
                ("return", one.maximum_return),
                ("repayment", one.repayment),
                ("investment-type", one.type),
            ):
                if text is not None:
                    yield FactLine(
                        label=capital(self.record.label(name)),
                        value="",
                        words=self.record.own(text),
                        note="",
                        source=cited(one.source.report),
                        mark="",
                    )


def people(given: Statement) -> Fraction | None:
    """Return a number of people that is printed without reservation and without dispute."""
    if given.qualifier is not None or given.disputed is not None:
        return None
    return amount(given.value)
