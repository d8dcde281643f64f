"""What a project comes to: a line for a list, and the shares of people that follow from printed counts.

A share is derived, and no effect. It says what became of those who took part, and nothing of what would have
become of them without the project.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from studies.project import Project, ProjectResult
from studies.record import outline

NOT_PEOPLE = "the unit is not a person"
UNIT_NOT_STATED = "the unit is not stated"
DISPUTED = "the numbers are disputed"
NO_COUNTS = "no two counts are printed"

NOTE = "Shares of participants, from printed counts. Without a comparison they are no effects."
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
