"""What a project comes to: a line for a list, shares of people from printed counts, results against targets.

A share is derived, and no effect. It says what became of those who took part, and nothing of what would have
become of them without the project.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from studies.project import Project, ProjectResult
from studies.project_values import amount
from studies.record import outline

NOT_PEOPLE = "the unit is not a person"
UNIT_NOT_STATED = "the unit is not stated"
DISPUTED = "the numbers are disputed"
NO_COUNTS = "no two counts are printed"
NO_TARGET = "no target is printed in the unit of the result"

NOTE = "Shares of participants, from printed counts. Without a comparison they are no effects."
INTERVENTION = "purpose_and_classifications.intervention"
BRACKETED = re.compile(r"\([^()]*\)")
YEARS = (
    "x_year",
    "dates.outcomes_contract_signed",
    "dates.start_date_of_service_provision",
)
"""The fields that tell when a project began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of people, or why there is none.

    Parameters
    ----------
    metric : str or None
        The metric of the result.
    numerator, denominator : int or None
        The printed counts.
    value : Fraction or None
        The one over the other.
    reason : str or None
        Why there is no value.
    """

    metric: str | None
    numerator: int | None = None
    denominator: int | None = None
    value: Fraction | None = None
    reason: str | None = None


def share_of(project: Project, result: ProjectResult) -> Share:
    """Return the share of people that a result prints the counts of.

    Parameters
    ----------
    project : Project
        The project, whose metrics say what is counted.
    result : ProjectResult
        One of its results. Its numerator and denominator count first, then positive of engaged.

    Returns
    -------
    Share
        Without a value where the unit is not a person, where the numbers are disputed, or where they are
        not printed.
    """
    metric = project.metrics.get(result.metric or "")
    part, whole = result.numerator, result.denominator
    if part is None or whole is None:
        part, whole = result.positive, result.engaged
    if part is None or whole is None or int(whole) == 0:
        return Share(metric=result.metric, reason=NO_COUNTS)
    counts = (int(part), int(whole))
    reason = None
    if metric is None or metric.unit_type is None:
        reason = UNIT_NOT_STATED
    elif metric.unit_type != "Individual":
        reason = NOT_PEOPLE
    elif result.disputed is not None or metric.disputed is not None:
        reason = DISPUTED
    return Share(
        metric=result.metric,
        numerator=counts[0],
        denominator=counts[1],
        value=None if reason else Fraction(*counts),
        reason=reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstTarget:
    """How a result stands against the target of its metric, or why that cannot be told.

    Parameters
    ----------
    reached : bool or None
        Whether the target was reached.
    percent : Fraction or None
        The result in per cent of the target; None where less is aimed at, or the target is 0.
    reason : str or None
        Why neither is known.
    """

    reached: bool | None = None
    percent: Fraction | None = None
    reason: str | None = None


REACHED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "at-least": operator.ge,
    "more-than": operator.gt,
    "at-most": operator.le,
    "less-than": operator.lt,
    "equal": operator.eq,
}
"""Whether a value and a threshold are as an operator of the vocabulary wants them."""


def against_target(project: Project, result: ProjectResult) -> AgainstTarget:
    """Hold a result against the target of its metric, where both are printed in one unit.

    Parameters
    ----------
    project : Project
    result : ProjectResult
        One of its results. A share that is to succeed is held against the share of people; any other
        threshold against a value whose unit is the threshold's, word for word.

    Returns
    -------
    AgainstTarget
        With a reason where the numbers are disputed, or have no unit in common.

    Examples
    --------
    >>> from studies.project import Metric, Project, ProjectResult
    >>> source = {"report": "a", "where": "page 1", "read": "full-text"}
    >>> metric = Metric(
    ...     definition="a job",
    ...     threshold={"operator": "at-least", "value": "40", "unit": "people"},
    ...     source=source,
    ... )
    >>> result = ProjectResult(metric="job", value="50", unit="people", source=source)
    >>> year = {"field": "x_year", "value": "2015", "source": source}
    >>> project = Project(project="a", name="A", statements=[year], metrics={"job": metric})
    >>> against_target(project, result)
    AgainstTarget(reached=True, percent=Fraction(125, 1), reason=None)
    """
    metric = project.metrics.get(result.metric or "")
    if metric is None:
        return AgainstTarget(reason=NO_TARGET)
    share = share_of(project, result).value
    if metric.success_share is not None and share is not None:
        value, target, how = share * 100, Fraction(metric.success_share), "at-least"
    elif (
        metric.threshold is not None
        and result.value is not None
        and result.unit == metric.threshold.unit
    ):
        value, target = amount(result.value), amount(metric.threshold.value)
        how = metric.threshold.operator
    else:
        return AgainstTarget(reason=NO_TARGET)
    if result.disputed is not None or metric.disputed is not None:
        return AgainstTarget(reason=DISPUTED)
    more = how in ("at-least", "more-than") and target > 0
    return AgainstTarget(
        reached=REACHED[how](value, target),
        percent=100 * value / target if more else None,
    )


def tries(project: Project, names: Iterable[str]) -> bool:
    """Tell whether a project tries an intervention, alone or with something more.

    Parameters
    ----------
    project : Project
    names : iterable of str
        What the intervention is called; an abbreviation in brackets may be missing on either side.

    Returns
    -------
    bool

    Examples
    --------
    >>> from studies.project import Project
    >>> source = {"report": "a", "where": "page 1", "read": "full-text"}
    >>> said = {"field": INTERVENTION, "value": "Individual Placement and Support with CTI"}
    >>> project = Project(project="a", name="A", statements=[said | {"source": source}])
    >>> tries(project, ["Individual Placement and Support (IPS)"]), tries(project, ["Placement"])
    (True, False)
    """
    said = [_bare(one.value) for one in project.statements if one.field == INTERVENTION]
    return any(f"{one} ".startswith(f"{_bare(name)} ") for one in said for name in names)


def _bare(name: str) -> str:
    return " ".join(BRACKETED.sub(" ", name).split()).casefold()


def summary(project: Project) -> dict[str, Any]:
    """Return a project's line: id, name, INDIGO id, countries, years, results and disputed values.

    Examples
    --------
    >>> from studies.project import Project
    >>> source = {"report": "a", "where": "page 1", "read": "full-text"}
    >>> year = {"field": "x_year", "value": "2015", "source": source}
    >>> summary(Project(project="a", name="A", statements=[year]))["years"]
    ['2015']
    """
    years = [one.value[:4] for one in project.statements if one.field in YEARS]
    parts: list[Any] = [*project.metrics.values()]
    for some in (
        "statements",
        "locations",
        "results",
        "pricings",
        "payments",
        "investments",
        "entries",
    ):
        parts += getattr(project, some)
    return {
        "project": project.project,
        "name": project.name,
        "indigo": project.indigo,
        "countries": list(dict.fromkeys(one.country for one in project.locations if one.country)),
        "years": sorted(set(years)),
        "results": len(project.results),
        "disputed": sum(part.disputed is not None for part in parts),
    }


def document(project: Project) -> dict[str, Any]:
    """Return a project as plain mappings: the record as reported, and the shares derived from it."""
    shares = [share_of(project, result) for result in project.results]
    return {
        "record": outline(project),
        "derived": {
            "note": NOTE,
            "shares": [
                {
                    "metric": share.metric,
                    "numerator": share.numerator,
                    "denominator": share.denominator,
                    "share": None if share.value is None else float(share.value),
                    "reason": share.reason,
                }
                for share in shares
            ],
        },
    }
