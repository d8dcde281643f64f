"""Bibliography: the reports and methods of an analysis as CSL-JSON, for citeproc to cite and list."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from registry.analyses import Analysis
from registry.queries import ReportEntry
from studies.csl import csl_item
from studies.record import Report
from templates.method_references import of_analysis
from templates.method_references import publications as method_publications

NOBODY = "(not stated)"
"""The author of a report that names none."""
URL_SIGNS = "/:?=&%#,;~+@-._()"
"""What stands in a link as it is; anything else is encoded."""


def bibliography(
    analysis: Analysis, publications: Iterable[ReportEntry] = ()
) -> list[dict[str, Any]]:
    """Return what an analysis rests on: every report that a number comes from, then the methods used.

    Parameters
    ----------
    analysis : Analysis
    publications : iterable of ReportEntry
        Reports besides those that a number comes from.

    Returns
    -------
    list of dict
        CSL-JSON items; the ids of methods begin with ``method:``. DOIs and addresses are such as may stand
        in a link.

    Examples
    --------
    >>> [one["id"] for one in bibliography(analysis)][:2]  # doctest: +SKIP
    ['vive-2017', 'bejerholm-2015']
    """
    known = method_publications()
    entries = {one.id: one for one in (*analysis.reports, *publications)}
    return [
        *bibliography_of(entries.values()),
        *_linked(known[one] for one in of_analysis(analysis)),
    ]


def bibliography_of(reports: Iterable[ReportEntry]) -> list[dict[str, Any]]:
    """Return reports as CSL-JSON items, in their order; DOIs and addresses may stand in a link."""
    return _linked(map(_item, reports))


def _item(entry: ReportEntry) -> dict[str, Any]:
    item = csl_item(
        Report(
            report=entry.id,
            type="article-journal" if entry.container else "report",
            title=entry.title,
            authors=list(entry.authors),
            year=str(entry.year),
            journal=entry.container,
            volume=entry.volume,
            issue=entry.issue,
            pages=entry.pages,
            publisher=entry.publisher,
            doi=entry.doi,
            url=entry.url,
            language=entry.language,
        )
    )
    if entry.authors == (NOBODY,):
        del item["author"]  # the style has the title in its place
    return item


def _linked(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        one | {name: quote(one[name], safe=URL_SIGNS) for name in ("DOI", "URL") if name in one}
        for one in items
    ]
