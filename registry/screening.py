"""Screening: how many reports and studies came how far in a synthesis, as the PRISMA 2020 flow counts them.

Every number comes from records: the reports and studies that were screened, and the searches that the
synthesis names. A stage's reports stop there, wait there, or go on: what goes in comes out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from meta.faults import fault
from registry import tables
from registry.eligibility import eligible
from registry.judgements import ReportScreening, SynthesisSearch
from registry.vocabulary import STAGES

SOURCE = "Page and others (2021), doi 10.1136/bmj.n71"
"""Whose diagram the counts are for."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A report or study, with the decision on it and how far it came."""

    id: str
    decision: str
    stage: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """What became of the reports that reached a stage.

    Parameters
    ----------
    stage : str
    reached : int
    excluded : int
        Those that came no further.
    reasons : mapping of str to int
        Why; they add up to `excluded`.
    awaiting : int
        Those that are not decided on.
    """

    stage: str
    reached: int
    excluded: int
    reasons: Mapping[str, int]
    awaiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The counts of a PRISMA 2020 flow.

    Parameters
    ----------
    synthesis : str
    found : int or None
        What the searches found, where the synthesis names any.
    identified : int
        Records, with the duplicates that an import recognised and that became none.
    duplicates : int
        Those duplicates.
    stages : tuple of StageCount
        Of reports: identified, screened, sought, assessed.
    included_reports : int
    included_studies, excluded_studies, awaiting_studies : int
        Of the studies that were decided on as such.
    unaccounted : int or None
        What the searches found and no record or duplicate stands for; negative where records came from
        elsewhere. None without searches.
    """

    synthesis: str
    found: int | None
    identified: int
    duplicates: int
    stages: tuple[StageCount, ...]
    included_reports: int
    included_studies: int
    excluded_studies: int
    awaiting_studies: int
    unaccounted: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the flow in plain types, with its source."""
        return {**asdict(self), "source": SOURCE}


def count(
    synthesis: str,
    reports: Iterable[Screened],
    studies: Iterable[Screened],
    found: int | None = None,
    duplicates: int = 0,
) -> Flow:
    """Count a flow.

    Parameters
    ----------
    synthesis : str
    reports, studies : iterable of Screened
        Each once.
    found : int, optional
        How many records the searches found.
    duplicates : int, optional
        How many of these were duplicates that became no record.

    Returns
    -------
    Flow

    Examples
    --------
    >>> flow = count("s", [Screened("a", "included", "included", None),
    ...                    Screened("b", "excluded", "screened", "wrong-design")], [])
    >>> [(one.stage, one.reached, one.excluded) for one in flow.stages]
    [('identified', 2, 0), ('screened', 2, 1), ('sought', 1, 0), ('assessed', 1, 0)]
    """
    units = list(reports)
    decided = Counter(study.decision for study in studies)
    order = list(STAGES)
    stages = []
    for place, stage in enumerate(order[:-1]):
        here = [unit for unit in units if unit.stage == stage]
        reasons = Counter(str(unit.reason) for unit in here if unit.decision == "excluded")
        stages.append(
            StageCount(
                stage=stage,
                reached=sum(order.index(unit.stage) >= place for unit in units),
                excluded=reasons.total(),
                reasons=dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
                awaiting=sum(unit.decision == "awaiting" for unit in here),
            )
        )
    return Flow(
        synthesis=synthesis,
        found=found,
        identified=len(units) + duplicates,
        duplicates=duplicates,
        stages=tuple(stages),
        included_reports=sum(unit.decision == "included" for unit in units),
        included_studies=decided["included"],
        excluded_studies=decided["excluded"],
        awaiting_studies=decided["awaiting"],
        unaccounted=None if found is None else found - len(units) - duplicates,
    )


def flow(session: Session, synthesis: str) -> Flow:
    """Return the counts of a synthesis's flow.

    A report that was screened counts by the decision on it. One that was not counts with the study that it
    reports; where it reports several, with the one that came furthest. A report that only passes on the
    numbers of others counts for a study that is known from nowhere else, and for no other.

    Parameters
    ----------
    session : Session
        An open transaction.
    synthesis : str
        Id of a stored synthesis.

    Returns
    -------
    Flow

    Raises
    ------
    InputError
        The database has no such synthesis, or its inclusion rule matches no study.
    """
    row = session.get(tables.Synthesis, synthesis)
    if row is None:
        raise fault(f"there is no synthesis {synthesis!r}", "See `evidens synthesis list`.")
    studies = [
        Screened(one.study, one.decision, one.stage, one.reason)
        for one in eligible(session, synthesis, row.plan)
    ]
    reports = {
        row.report_id: Screened(row.report_id, row.decision, row.stage, row.reason)
        for row in session.exec(
            select(ReportScreening).where(col(ReportScreening.synthesis_id) == synthesis)
        )
    }
    own = _own_reports(session, [study.id for study in studies])
    order = list(STAGES)
    for study in sorted(studies, key=lambda one: -order.index(one.stage)):
        for report in own.get(study.id, ()):
            reports.setdefault(report, Screened(report, study.decision, study.stage, study.reason))
    searches = session.exec(
        select(SynthesisSearch).where(col(SynthesisSearch.synthesis_id) == synthesis)
    ).all()
    return count(
        synthesis,
        reports.values(),
        studies,
        found=sum(search.found for search in searches) if searches else None,
        duplicates=sum(search.duplicates for search in searches),
    )


def _own_reports(session: Session, studies: list[str]) -> dict[str, list[str]]:
    """Return the reports that each study was read in; where it was in none, all that it names."""
    readings: dict[tuple[str, str], set[str]] = {}
    for table in (tables.Result, tables.Size, tables.Characteristic):
        for row in session.exec(
            select(table.study_id, tables.Provenance.report_id, tables.Provenance.read)
            .join(tables.Provenance, col(tables.Provenance.id) == col(table.provenance_id))
            .where(col(table.study_id).in_(studies))
        ):
            readings.setdefault((row[0], row[1]), set()).add(row[2])
    named: dict[str, list[str]] = {}
    for study, report in session.exec(
        select(tables.StudyReport.study_id, tables.StudyReport.report_id)
        .where(col(tables.StudyReport.study_id).in_(studies))
        .order_by(col(tables.StudyReport.study_id), col(tables.StudyReport.position))
    ):
        named.setdefault(study, []).append(report)
    return {
        study: [
            report for report in reports if readings.get((study, report), set()) - {"secondary"}
        ]
        or reports
        for study, reports in named.items()
    }
