"""Contexts of the profile of an impact bond: what its template may name.

The words of a record are kept apart from ours, so that each can be marked with its own language.
"""

from dataclasses import dataclass, field

from templates.registry_contexts import HeadlineLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePoint:
    """A line of the box on the first page."""

    name: str = field(metadata={"help": "What it is about."})
    text: str = field(metadata={"help": "What is said in the reader's language; may be empty."})
    words: str = field(metadata={"help": "The record's own words behind it; may be empty."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """What one source says of one field."""

    label: str = field(metadata={"help": "The field."})
    value: str = field(metadata={"help": "What it says, where we have words for it; may be empty."})
    words: str = field(metadata={"help": "What it says, in the record's words; may be empty."})
    note: str = field(metadata={"help": "The record's remark on it; may be empty."})
    source: str = field(metadata={"help": "The report behind it."})
    mark: str = field(metadata={"help": "The letter of its dispute; empty where it has none."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FactBlock:
    """Fields that belong together."""

    heading: str = field(metadata={"help": "What they are about."})
    lines: tuple[FactLine, ...] = field(metadata={"help": "One for each value of a source."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BondResult:
    """A result as a source prints it, with what follows from it."""

    when: str = field(
        metadata={"help": "Interim or final, and the period, or that neither is told."}
    )
    words: str = field(metadata={"help": "What the record says of it; may be empty."})
    value: str = field(metadata={"help": "Counts with their share, or the number; may be empty."})
    unit: str = field(metadata={"help": "The number's unit in the record's words; may be empty."})
    target: str = field(metadata={"help": "How it stands against the target."})
    compared: str = field(metadata={"help": "What it is compared with, and the difference."})
    compared_unit: str = field(
        metadata={"help": "The difference's unit in the record's words; may be empty."}
    )
    source: str = field(metadata={"help": "The report behind it."})
    mark: str = field(metadata={"help": "The letter of its dispute; empty where it has none."})


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricBlock:
    """A metric that the project is measured by, and its results."""

    definition: str = field(metadata={"help": "The metric in the record's words; may be empty."})
    name: str = field(metadata={"help": "What stands in its place without a metric; may be empty."})
    target: str = field(metadata={"help": "The target where we have words for it; may be empty."})
    target_words: str = field(metadata={"help": "The target in the record's words; may be empty."})
    checked: str = field(metadata={"help": "How it is verified; may be empty."})
    price: str = field(metadata={"help": "That a unit of it is paid, and with what; may be empty."})
    price_words: str = field(metadata={"help": "The same in the record's words; may be empty."})
    mark: str = field(metadata={"help": "The letter of its dispute; empty where it has none."})
    results: tuple[BondResult, ...] = field(metadata={"help": "One for each result of a source."})


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLine:
    """What a value disagrees with."""

    mark: str = field(metadata={"help": "The letter that the value bears."})
    about: str = field(metadata={"help": "What the value is."})
    words: str = field(metadata={"help": "What it disagrees with, in the record's words."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BondProfile:
    """Everything that the template of an impact bond's profile may name."""

    title: str = field(metadata={"help": "The project's name."})
    kind: str = field(metadata={"help": "What kind of document it is."})
    identity: str = field(metadata={"help": "The project's ids."})
    record_language: str = field(metadata={"help": "The language of the records' own words."})
    points: tuple[ProfilePoint, ...] = field(metadata={"help": "The box on the first page."})
    blocks: tuple[FactBlock, ...] = field(metadata={"help": "What is stated, block by block."})
    metrics: tuple[MetricBlock, ...] = field(metadata={"help": "Outcomes and results."})
    cautions: tuple[str, ...] = field(metadata={"help": "What the results do not say."})
    timeline: bool = field(metadata={"help": "Whether there is a timeline."})
    syntheses: tuple[HeadlineLine, ...] = field(
        metadata={"help": "What syntheses say of the intervention; empty where there are none."}
    )
    disputed: bool = field(
        metadata={"help": "Whether anything is in dispute or does not go together."}
    )
    disputes: tuple[DisputeLine, ...] = field(metadata={"help": "What sources disagree on."})
    checks: tuple[str, ...] = field(metadata={"help": "Printed numbers that do not go together."})
    unknown: str = field(metadata={"help": "What is not known, in one sentence; may be empty."})
