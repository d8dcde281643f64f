"""The Norwegian page's table of results, against the page and against the projects' own records."""

from fractions import Fraction

from registry.session import reading
from studies.checks import check_files
from studies.ingest import COLLECTION
from studies.project import Project
from studies.replicate import replicate

# The table's five rows as the page prints them: year, then the numbers of the words under "Resultat".
PRINTED = {
    "united_kingdom_2010": ["2010", "8.7"],
    "united_kingdom_2012": ["2012", "82"],
    "netherlands_2013": ["2013", "59"],
    "usa_2013": ["2013", "110", "1"],
    "united_kingdom_2015": ["2015", "300", "100", "50", "10"],
}
PROJECTS = {
    "united_kingdom_2010": "peterborough-one-service",
    "united_kingdom_2012": "uk-child-protection-2012",
    "netherlands_2013": "buzinezzclub-rotterdam",
    "usa_2013": "utah-high-quality-preschool",
    "united_kingdom_2015": "uk-young-homeless-2015",
}
PAGE = "effektkontrakter-2017"


def test_every_cell_is_as_the_page_prints_it(shipped: str) -> None:
    with reading(shipped) as session:
        done = replicate(session, "effektkontrakter-2017-results")
    rows: dict[str, list[str]] = {}
    for cell in done.cells:
        rows.setdefault(cell.row, []).append(cell.printed)
    assert rows == PRINTED
    # The page derives nothing: it states each number, and each says so.
    assert done.count("given") == len(done.cells)
    assert all(cell.reason for cell in done.cells)


def test_the_projects_have_the_same_numbers_from_the_page() -> None:
    for row, name in PROJECTS.items():
        (one,) = check_files([COLLECTION / "projects" / f"{name}.yaml"])
        project = one.record
        assert isinstance(project, Project)
        year = [
            statement.value
            for statement in project.statements
            if statement.field == "x_year" and statement.source.report == PAGE
        ]
        numbers = [
            number
            for result in project.results
            if result.source.report == PAGE
            for number in (result.value, result.denominator, result.numerator)
            if number is not None
        ]
        assert year + list(dict.fromkeys(numbers)) == PRINTED[row]
        assert all(Fraction(number) > 0 for number in numbers)
