"""Results: what a report says of an outcome, number by number, with where it stands."""

from typing import Annotated, Protocol, get_args

from pydantic import Field

from registry import vocabulary
from studies.fields import (
    Amount,
    Count,
    OutcomeWord,
    Part,
    Percent,
    Printed,
    PValue,
    SeenIn,
    Size_,
    Slug,
    Source,
    Text,
    word_of,
)


class Values(Part):
    """The numbers that a result prints for one arm; ``n`` is what its percentage or mean is of."""

    percent: Percent | None = None
    mean: Amount | None = None
    sd: Amount | None = None
    median: Amount | None = None
    q1: Amount | None = None
    q3: Amount | None = None
    events: Count | None = None
    n: Size_ | None = None


class Contrast(Part):
    """A comparison that a result prints as such; ``between`` names its arms, the first one first."""

    type: Annotated[str, word_of("contrast", vocabulary.CONTRASTS)]
    between: list[Slug] | None = Field(default=None, min_length=2, max_length=2)
    estimate: Printed
    ci_low: Printed | None = None
    ci_high: Printed | None = None
    level: Percent | None = None


class Pooled(Part):
    """What a review's result rests on."""

    k: Size_ | None = None
    n: Size_ | None = None
    i2: Percent | None = None
    tau2: Amount | None = None
    model: Text | None = None


class ReconstructedCounts(Part):
    """Events of n in an arm, worked out and not reported."""

    events: Count
    n: Size_


class Reconstructed(Part):
    """Counts that no report prints, and on what grounds they were worked out."""

    basis: Text
    values: dict[Slug, ReconstructedCounts] = Field(alias="(arms)", min_length=1)


class Claim(Part):
    """What the report says of a result's statistical significance."""

    says: Annotated[str, word_of("claim", vocabulary.CLAIMS)]
    source: Source


class Result(Part):
    """A reported result: an outcome, its window, the numbers of each arm, and where they stand."""

    outcome: OutcomeWord
    at: SeenIn | None = None
    during: SeenIn | None = None
    over: SeenIn | None = None
    currency: Annotated[str, word_of("currency", vocabulary.CURRENCIES)] | None = None
    values: dict[Slug, Values] = Field(default_factory=dict, alias="(arms)")
    contrast: Contrast | None = None
    p: PValue | None = None
    pooled: Pooled | None = None
    claim: Claim | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source
    reconstructed: Reconstructed | None = None


class Seen(Protocol):
    """What says when an outcome was seen: at, during or over a window."""

    @property
    def at(self) -> str | None:
        """A time point."""

    @property
    def during(self) -> str | None:
        """A window at any time of which it may have been seen."""

    @property
    def over(self) -> str | None:
        """A window that it is the total of."""


def window_of(
    result: Seen,
) -> tuple[vocabulary.Ascertainment, str] | tuple[None, None]:
    """Return when an outcome was seen, and the window; a comparison alone may print neither."""
    for ascertainment in get_args(vocabulary.Ascertainment):
        window = getattr(result, ascertainment)
        if window is not None:
            return ascertainment, window
    return None, None
