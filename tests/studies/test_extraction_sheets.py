"""Extraction sheets: filled ones become records, faulty ones are refused by row and column."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from meta.faults import InputError
from registry import vocabulary
from registry.session import transaction
from studies.blank_forms import blank_record, write_blank_sheet
from studies.checks import check_text, check_yaml
from studies.extraction_sheet import COLUMNS, read_extraction
from studies.history import prove
from studies.imports import import_file
from studies.ingest import COLLECTION
from studies.kept.kinds import held_record
from studies.record import Study, outline
from studies.record_file import read, write
from studies.results import window_of
from studies.sheet_records import Assembly

Run = Callable[..., tuple[int, str, str]]
Rows = list[dict[str, str]]


def filled() -> Rows:
    """Two arms and their comparison, as a person fills them in."""
    shared = {
        "study": "ny-2024",
        "outcome": "competitive-employment",
        "ascertainment": "during",
        "window": "18 months",
        "report": "davis-2012",
        "locator": "Table 2",
        "read": "full-text",
    }
    about = {
        "label": "Ny m.fl. (2024)",
        "year": "2024",
        "design": "randomised-trial",
        "country": "DK NO",
        "population": "severe-mental-illness",
    }
    return [
        shared
        | about
        | {"arm": "ips", "role": "intervention", "intervention": "ips", "percent": "46.0"},
        shared
        | {"arm": "usual", "role": "comparator", "intervention": "usual-services"}
        | {"percent": "11.50", "n": "200"},
        shared
        | {"arm": "ips", "versus": "usual", "contrast": "odds-ratio", "estimate": "2.40"}
        | {"ci_low": "1.10", "ci_high": "5.2", "p": "<.001"},
    ]


def as_csv(rows: Rows, delimiter: str = ",", comma: bool = False) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(COLUMNS), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    numbers = {"percent", "mean", "sd", "median", "q1", "q3", "estimate", "ci_low", "ci_high", "p"}
    for row in rows:
        writer.writerow(
            {
                name: text.replace(".", ",") if comma and name in numbers else text
                for name, text in row.items()
            }
        )
    return stream.getvalue()


def as_xlsx(rows: Rows, numbers: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(COLUMNS))
    for row in rows:
        cells: list[Any] = [row.get(name) for name in COLUMNS]
        if numbers:
            cells = [
                float(cell) if cell and cell.replace(".", "").isdigit() else cell for cell in cells
            ]
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def record_of(content: bytes | str, held: Study | None = None) -> Study:
    raw = content.encode() if isinstance(content, str) else content
    (given_,) = read_extraction(raw, "s.csv").studies
    checked, _ = Assembly(given_, held).record()
    assert checked is not None
    assert isinstance(checked.record, Study)
    return checked.record


NEW = """study: ny-2024
label: Ny m.fl. (2024)
year: 2024
design: randomised-trial
countries: [DK, NO]
population: severe-mental-illness
extraction: single
reports: [davis-2012]
arms:
  ips: {role: intervention, intervention: ips, label: Individual Placement and Support (IPS)}
  usual: {role: comparator, intervention: usual-services, label: usual services}
results:
  - outcome: competitive-employment
    during: 18 months
    ips: {percent: 46.0}
    usual: {percent: 11.50, n: 200}
    contrast: {type: odds-ratio, between: [ips, usual], estimate: 2.40, ci_low: 1.10, ci_high: 5.2}
    p: <.001
    source: {report: davis-2012, where: Table 2, read: full-text}
"""


def test_a_filled_sheet_is_the_record_that_one_would_write() -> None:
    assert record_of(as_csv(filled())) == check_yaml(NEW).record


@pytest.mark.parametrize(
    ("content", "detected"),
    [
        (as_csv(filled(), ";", comma=True).encode(), "CSV, UTF-8, semicolon, decimal comma"),
        (as_csv(filled(), ";").encode(), "CSV, UTF-8, semicolon, decimal point"),
        (as_csv(filled(), "\t", comma=True).encode(), "CSV, UTF-8, tab, decimal comma"),
        (as_csv(filled()).encode("utf-8-sig"), "CSV, UTF-8 with BOM, comma, decimal point"),
        (as_xlsx(filled()), "XLSX, sheet 'Sheet', decimal point"),
    ],
)
def test_every_way_of_writing_the_sheet_is_the_same_record(content: bytes, detected: str) -> None:
    assert str(read_extraction(content, "s").detected) == detected
    assert record_of(content) == check_yaml(NEW).record


def test_windows_1252_is_read_with_its_letters() -> None:
    rows = filled()
    rows[0]["label"] = "Ødegård m.fl."
    assert record_of(as_csv(rows, ";").encode("cp1252")).label == "Ødegård m.fl."


def test_numbers_of_a_workbook_are_read_as_they_are_held() -> None:
    """A cell that is a number has lost its last zeros, and its 1.234 is no ambiguity."""
    rows = filled()
    rows[2] |= {"estimate": "1.234", "ci_low": "1.1", "ci_high": "5.2"}
    record = record_of(as_xlsx(rows, numbers=True))
    assert record.results[0].values["usual"].percent == "11.5"
    assert record.results[0].contrast is not None
    assert record.results[0].contrast.estimate == "1.234"


@pytest.mark.parametrize(
    ("row", "change", "message"),
    [
        (0, {"percent": "460"}, "s.csv:2: percent: 460 is not a percentage from 0 to 100. Write a"),
        (
            1,
            {"percent": "=1+1"},
            "s.csv:3: percent: the cell holds a formula. Put a value in its place.",
        ),
        (
            1,
            {"quote": "=cmd|x"},
            "s.csv:3: quote: the cell holds a formula. Put a value in its place.",
        ),
        (1, {"events": "201"}, "s.csv:3: events: 201 events of 200 people. Check both numbers"),
        (
            1,
            {"percent": "11,5"},
            "s.csv:3: percent: '11,5' has a comma where commas separate the cells.",
        ),
        (
            0,
            {"outcome": "employement"},
            "s.csv:2: outcome: 'employement' is no outcome of the vocabulary. Did you mean "
            "'employment'?",
        ),
        (
            0,
            {"design": "rct"},
            "s.csv:2: design: 'rct' is no design of the vocabulary. Use one of: randomised-trial",
        ),
        (0, {"year": "20x4"}, "s.csv:2: year: '20x4' is not a printed number. Write digits"),
        (0, {"country": "DK XX"}, "s.csv:2: country: 'XX' is no country of the vocabulary."),
        (
            0,
            {"study": "Ny 2024"},
            "s.csv:2: study: 'Ny 2024' does not have the form asked for. Write lower-case",
        ),
        (
            1,
            {"locator": ""},
            "s.csv:3: locator: the cell is empty. Write where in the report: page",
        ),
        (
            1,
            {"label": "Other"},
            "s.csv:3: label: 'Other' here, and 'Ny m.fl. (2024)' in line 2. Write it alike.",
        ),
        (
            1,
            {"locator": "Table 3"},
            "s.csv:3: locator: 'Table 3' here, and 'Table 2' in line 2. Write it alike, or keep "
            "the results apart by numbers under 'result'.",
        ),
        (
            1,
            {"arm": "ips", "role": "", "intervention": ""},
            "s.csv:3: arm: the arm 'ips' stands twice in the result. Keep one, or keep results "
            "apart by numbers under 'result'.",
        ),
        (
            1,
            {"arm": ""},
            "s.csv:3: arm: the row is neither an arm's nor a comparison. Fill in 'arm' or "
            "'contrast'.",
        ),
        (
            1,
            {"arm": "source"},
            "s.csv:3: arm: 'source' is a word of records. Call the arm otherwise.",
        ),
        (1, {"role": "control"}, "s.csv:3: role: 'control' is no role of the vocabulary."),
        (
            1,
            {"intervention": ""},
            "s.csv:3: intervention: 'intervention' is missing. Write it; every record has it.",
        ),
        (
            1,
            {"percent": "", "n": ""},
            "s.csv:3: arm: the arm has no value. Write percent, mean, median or events, as "
            "printed.",
        ),
        (
            1,
            {"estimate": "2"},
            "s.csv:3: estimate: the row does not say which kind of comparison this is. Fill in "
            "'contrast', or empty the cell.",
        ),
        (
            2,
            {"percent": "3"},
            "s.csv:4: percent: this is a comparison, which has no number of an arm. Give the "
            "arm's numbers a row of their own.",
        ),
        (
            2,
            {"versus": ""},
            "s.csv:4: versus: a comparison names two arms or none. Fill in 'arm' and 'versus', "
            "or neither.",
        ),
        (
            2,
            {"versus": "usuall"},
            "s.csv:4: versus: the study has no arm 'usuall'. Did you mean 'usual'?",
        ),
        (2, {"contrast": "odds"}, "s.csv:4: contrast: 'odds' is no contrast of the vocabulary."),
        (
            2,
            {"ci_high": ""},
            "s.csv:4: contrast: an interval has two ends. Write ci_low and ci_high, or neither.",
        ),
        (
            2,
            {"estimate": "9"},
            "s.csv:4: contrast: 9 lies outside 1.10 to 5.2. Check the three numbers in the report.",
        ),
        (
            2,
            {"p": "0.5.1"},
            "s.csv:4: p: '0.5.1' does not have the form asked for. Write it as printed, as in "
            "<.001",
        ),
        (
            0,
            {"ascertainment": "ever"},
            "s.csv:2: ascertainment: 'ever' is no way of seeing an outcome. Use one of: at, "
            "during, over.",
        ),
        (
            0,
            {"result": "1", "window": "", "ascertainment": ""},
            "s.csv:2: a result with arms has one window.",
        ),
        (
            0,
            {"read": "skimmed"},
            "s.csv:2: read: 'skimmed' is no way of reading of the vocabulary.",
        ),
        (
            0,
            {"quote": "a\u200fb"},
            "s.csv:2: quote: the text holds the invisible character U+200F. Delete it.",
        ),
    ],
)
def test_a_fault_names_the_sheet_the_row_and_the_column(
    row: int, change: dict[str, str], message: str
) -> None:
    rows = filled()
    rows[row] |= change
    for other in rows if change.keys() & {"outcome", "ascertainment", "read", "study"} else ():
        other |= change
    with pytest.raises(InputError) as refused:
        record_of(as_csv(rows))
    assert any(line.startswith(message) for line in str(refused.value).splitlines()), refused.value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "study;outcome;report;locator\nx;y;z;w\n",
            "s.csv:1: the column 'read' is missing. Add it;",
        ),
        (
            "study;outcome;report;locator;read;persent\nx;y;z;w;abstract;1\n",
            "s.csv:1: persent: there is no column 'persent' in an extraction sheet. Did you mean 'percent'?",
        ),
        (
            "study;outcome;report;locator;read;n;n\nx;y;z;w;abstract;1;2\n",
            "s.csv:1: n: column 7 has the same name as column 6. Name each column once.",
        ),
        (
            "study;outcome;report;locator;read;mean\nx;y;z;w;abstract;1.234\n",
            "s.csv:2: mean: '1.234' could be a decimal or have a thousands separator. Write 1.2340 or 1234.",
        ),
        (
            "study;outcome;report;locator;read;mean;sd\nx;y;z;w;abstract;1.5;2,5\nx;y;z;w;abstract;1.5;2\n",
            "s.csv:2: sd: '2,5' has another decimal mark than '1.5' in line 2. Use one decimal mark",
        ),
        ("study;outcome;report;locator;read\n", "s.csv:1: there is a header but no row below it."),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_whole(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        read_extraction(text.encode(), "s.csv")
    assert str(refused.value).startswith(message) or f"\n{message}" in str(refused.value)


def test_formulas_errors_and_percentages_of_a_workbook_are_named() -> None:
    book = load_workbook(io.BytesIO(as_xlsx(filled())))
    sheet = book.active
    assert sheet is not None
    place = list(COLUMNS).index("percent") + 1
    sheet.cell(2, place).value = "=46/100"
    sheet.cell(3, place).value = 0.115
    sheet.cell(3, place).number_format = "0.0%"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(InputError) as refused:
        read_extraction(stream.getvalue(), "s.xlsx")
    assert str(refused.value).splitlines() == [
        "s.xlsx:2: R2: the cell holds a formula. Put a value in its place.",
        "s.xlsx:3: R3: the cell is shown as a percentage but holds 0.115. Format it as a plain number, "
        "and write what is meant.",
    ]


def test_a_study_with_a_faulty_row_stays_out_and_the_others_enter(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    bad = [row | {"study": "bad-2024"} for row in filled()]
    bad[1]["percent"] = "460"
    unknown = [row | {"study": "odd-2024", "report": "nobody-1900"} for row in filled()[:2]]
    (tmp_path / "s.csv").write_text(as_csv([*filled(), *bad, *unknown]), encoding="utf-8")
    code, out, err = evidens("import", "s.csv", "--db", shipped)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == "s.csv: extraction sheet, CSV, UTF-8, comma, decimal point"
    assert lines[1] == "line 2: taken  study ny-2024  ny-2024 competitive-employment ips"
    assert lines[4:9] == [
        "line 5: refused  bad-2024 competitive-employment ips",
        "    another row of the study is refused, and a study enters whole.",
        "line 6: refused  bad-2024 competitive-employment usual",
        "    s.csv:6: percent: 460 is not a percentage from 0 to 100. Write a percentage from 0 to 100.",
        "line 7: refused  bad-2024 competitive-employment ips",
    ]
    assert "    s.csv:8: report: there is no report 'nobody-1900'. " in out
    assert lines[-1] == "3 taken, 0 duplicates, 5 refused."
    with transaction(shipped) as session:
        assert held_record(session, "study", "ny-2024") == check_yaml(NEW).record
        assert held_record(session, "study", "bad-2024") is None
        assert prove(session) is None


def test_rows_of_a_study_that_is_there_are_added_and_nothing_is_replaced(
    shipped: str, tmp_path: Path
) -> None:
    def davis() -> Study:
        with transaction(shipped) as session:
            held = held_record(session, "study", "davis-2012")
        assert isinstance(held, Study)
        return held

    before = davis()
    row = {"study": "davis-2012", "outcome": "earnings", "ascertainment": "over"}
    row |= {"window": "12 months", "currency": "USD", "report": "davis-2012", "read": "full-text"}
    row |= {"locator": "Table 3", "arm": "ips", "mean": "9264"}
    file = tmp_path / "s.csv"
    file.write_text(as_csv([row]), encoding="utf-8")
    (added,) = import_file(shipped, file).rows
    assert (added.verdict, added.remarks) == ("taken", ("added to the record that is there",))
    after = davis()
    assert after.results[:-1] == before.results
    assert after.results[-1].values["ips"].mean == "9264"
    assert after.model_copy(update={"results": before.results}) == before
    # The same sheet again: the rows are there already.
    (again,) = import_file(shipped, file).rows
    place = len(after.results)
    assert (again.verdict, again.remarks) == (
        "duplicate",
        (f"the record has it as results[{place}]",),
    )
    assert davis() == after
    # One row old and one new: the new one alone is added.
    file.write_text(as_csv([row, row | {"window": "18 months"}]), encoding="utf-8")
    assert [one.verdict for one in import_file(shipped, file).rows] == ["duplicate", "taken"]
    assert len(davis().results) == place + 1


def test_a_sheet_does_not_overwrite_what_the_registry_says_of_a_study(
    shipped: str, tmp_path: Path
) -> None:
    row = {"study": "davis-2012", "outcome": "employment", "year": "2013", "ascertainment": "at"}
    row |= {"window": "12 months", "report": "davis-2012", "read": "full-text", "locator": "p. 3"}
    row |= {"arm": "ips", "percent": "50", "role": "comparator"}
    file = tmp_path / "s.csv"
    file.write_text(as_csv([row]), encoding="utf-8")
    (refused,) = import_file(shipped, file).rows
    assert [str(one).removeprefix(f"{file}:2: ") for one in refused.faults] == [
        "year: '2013' here, and '2012' in the registry. Write it alike.",
        "role: 'comparator' here, and 'intervention' in the registry. Write it alike.",
    ]


def test_results_that_are_otherwise_alike_are_kept_apart_by_number() -> None:
    rows = [row | {"result": "1"} for row in filled()[:2]]
    rows += [row | {"result": "2", "note": "completers"} for row in filled()[:2]]
    assert [one.note for one in record_of(as_csv(rows)).results] == [None, "completers"]


def rows_of(study: Study) -> Rows:
    """Write what a sheet can carry of a study, each result under a number of its own."""
    about = {
        "label": study.label,
        "year": study.year,
        "design": study.design,
        "country": " ".join(study.countries),
        "population": study.population,
        "registration": study.registration or "",
        "extraction": study.extraction,
    }
    rows = []
    for number, result in enumerate(study.results, start=1):
        seen, window = window_of(result)
        shared = {
            "study": study.study,
            "result": str(number),
            "outcome": result.outcome,
            "ascertainment": seen or "",
            "window": window or "",
            "currency": result.currency or "",
            "p": result.p or "",
            "note": result.note or "",
            "disputed": result.disputed or "",
            "report": result.source.report,
            "locator": result.source.where,
            "quote": result.source.quote or "",
            "read": result.source.read,
        }
        for arm, values in result.values.items():
            about_arm = study.arms[arm]
            rows.append(
                shared
                | {"arm": arm, "role": about_arm.role, "intervention": about_arm.intervention}
                | {"arm_label": about_arm.label}
                | values.model_dump(exclude_none=True)
            )
        if result.contrast is not None:
            given_ = result.contrast.model_dump(exclude_none=True)
            between = given_.pop("between", None)
            row = shared | {"contrast": given_.pop("type")} | given_
            if between:
                row |= {"arm": between[0], "versus": between[1]}
            rows.append(row)
    if rows:
        rows[0] |= about
    return rows


def carried(study: Study) -> Study | None:
    """Return the part of a study that a sheet can carry."""
    shown = {arm for result in study.results for arm in result.values}
    named = {arm for one in study.results if one.contrast for arm in one.contrast.between or ()}
    if not study.results or not named <= shown:
        return None
    arms: dict[str, Any] = {}
    for result in study.results:
        for arm in [*result.values, *((result.contrast and result.contrast.between) or ())]:
            arms.setdefault(arm, study.arms[arm])
    return study.model_copy(
        update={
            "note": None,
            "overlaps": [],
            "sizes": [],
            "characteristics": [],
            "screening": [],
            "tags": [],
            "arms": arms,
            "reports": list(dict.fromkeys(one.source.report for one in study.results)),
            "results": [
                one.model_copy(update={"claim": None, "pooled": None, "reconstructed": None})
                for one in study.results
            ],
        }
    )


@pytest.mark.parametrize("form", ["comma", "decimal comma", "workbook"])
def test_shipped_studies_go_through_a_sheet_and_come_back(form: str) -> None:
    done = 0
    for file in sorted((COLLECTION / "records").glob("*.yaml")):
        study = check_text(read(file)).record
        assert isinstance(study, Study)
        whole = carried(study)
        if whole is None:
            continue
        rows = rows_of(whole)
        content: bytes | str = as_csv(rows)
        if form == "workbook":
            content = as_xlsx(rows)
        elif form == "decimal comma":
            content = as_csv(rows, ";", comma=True)
        try:
            back = record_of(content)
        except InputError as error:
            # A study whose numbers could all have a thousands separator is refused, not guessed at.
            assert "thousands separator" in str(error), (file.name, str(error))  # noqa: PT017
            continue
        assert back == whole, file.name
        done += 1
    assert done > 40


texts = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
    ),
    min_size=1,
    max_size=20,
).filter(lambda text: not text.startswith("=") and text != "NA")
printed = st.from_regex(r"[0-9]\.[0-9]{1,2}", fullmatch=True)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    arms = draw(st.lists(st.sampled_from(["ips", "usual", "third"]), min_size=1, unique=True))
    results = []
    for _ in range(draw(st.integers(1, 3))):
        shown = [arm for arm in arms if draw(st.booleans())] or arms[:1]
        result: dict[str, Any] = {
            "outcome": draw(st.sampled_from(["competitive-employment", "job-tenure", "earnings"])),
            draw(st.sampled_from(["at", "during", "over"])): "18 months",
            **{arm: {"mean": draw(printed), "sd": draw(printed)} for arm in shown},
            "source": {
                "report": draw(st.sampled_from(["davis-2012", "vive-2017"])),
                "where": draw(texts),
                "quote": draw(texts),
                "read": draw(st.sampled_from(sorted(vocabulary.READINGS))),
            },
        }
        if result["outcome"] == "earnings":
            result["currency"] = "USD"
        if len(shown) > 1 and draw(st.booleans()):
            result["contrast"] = {
                "type": "mean-difference",
                "between": shown[:2],
                "estimate": "-2.40",
            }
            result["p"] = draw(st.sampled_from(["<.001", "0.041"]))
        for name in ("note", "disputed"):
            if draw(st.booleans()):
                result[name] = draw(texts)
        results.append(result)
    content = {
        "study": "a-2015",
        "label": draw(texts),
        "year": "2015",
        "design": draw(st.sampled_from(sorted(vocabulary.DESIGNS))),
        "population": draw(st.sampled_from(sorted(vocabulary.POPULATIONS))),
        "extraction": draw(st.sampled_from(sorted(vocabulary.EXTRACTIONS))),
        "reports": ["davis-2012", "vive-2017"],
        "arms": {
            arm: {
                "role": draw(st.sampled_from(sorted(vocabulary.ROLES))),
                "intervention": draw(st.sampled_from(sorted(vocabulary.INTERVENTIONS))),
                "label": draw(texts),
            }
            for arm in arms
        },
        "results": results,
    }
    record = check_yaml(write(content)).record
    assert isinstance(record, Study)
    return record


@settings(max_examples=60)
@given(studies())
def test_generated_studies_go_through_a_sheet_and_come_back(study: Study) -> None:
    whole = carried(study)
    assert whole is not None
    assert record_of(as_csv(rows_of(whole), ";", comma=True)) == whole
    assert record_of(as_csv(rows_of(whole))) == whole


def test_the_blank_sheet_is_read_once_it_is_filled(
    evidens: Run, tmp_path: Path, shipped: str
) -> None:
    for name in ("s.xlsx", "s.csv"):
        code, out, _ = evidens("study", "new", "--sheet", name)
        assert (code, out) == (0, f"{name}\n")
    book = load_workbook(tmp_path / "s.xlsx")
    assert book.sheetnames == ["extraction", "words", "columns"]
    words = {
        column[0].value: [cell.value for cell in column[1:]] for column in book["words"].columns
    }
    assert [word for word in words["design"] if word] == list(vocabulary.DESIGNS)
    assert [word for word in words["outcome"] if word] == list(vocabulary.OUTCOMES)
    rules = {
        str(rule.sqref): rule.formula1
        for rule in book["extraction"].data_validations.dataValidation
    }
    letter = "D"  # design is the fourth column
    assert rules[f"{letter}2:{letter}2001"] == f"words!$A$2:$A${len(vocabulary.DESIGNS) + 1}"
    for at, row in enumerate(filled(), start=2):
        for across, name in enumerate(COLUMNS, start=1):
            if name in row:
                book["extraction"].cell(at, across).value = row[name]
    book.save(tmp_path / "filled.xlsx")
    assert import_file(shipped, tmp_path / "filled.xlsx").count("taken") == 3
    header = (tmp_path / "s.csv").read_text(encoding="utf-8-sig").strip()
    assert header.split(";") == list(COLUMNS)


def test_a_blank_sheet_never_overwrites_a_filled_one(evidens: Run, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("mine", encoding="utf-8")
    code, _, err = evidens("study", "new", "--sheet", "s.csv")
    assert (code, err) == (1, "s.csv: there is a file of that name. Name another; it is kept.\n")
    assert (tmp_path / "s.csv").read_text(encoding="utf-8") == "mine"
    code, _, err = evidens("study", "new", "--sheet", "s.ods")
    assert (code, err) == (1, "s.ods: a sheet is CSV or XLSX. Name a .csv or .xlsx file.\n")
    assert evidens("study", "new")[0] == 2


def test_the_same_blank_sheet_every_time(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_blank_sheet(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_blank_record_names_every_blank_and_is_a_record_once_they_are_filled() -> None:
    text = blank_record("ny-2024")
    with pytest.raises(InputError) as refused:
        check_yaml(text)
    assert len(refused.value.faults) == text.count("''") + 1  # and the empty list of reports
    values = {
        "label": "Ny",
        "year": "2024",
        "design": "randomised-trial",
        "population": "severe-mental-illness",
        "extraction": "single",
        "intervention": "ips",
        "outcome": "employment",
        "during": "18 months",
        "percent": "46",
        "report": "davis-2012",
        "where": "p. 3",
        "quote": "words",
        "read": "full-text",
    }
    for name, value in values.items():
        text = text.replace(f"{name}: ''", f"{name}: {value}")
    text = text.replace("reports: []", "reports: [davis-2012]")
    record = check_yaml(text).record
    assert isinstance(record, Study)
    assert list(outline(record)["arms"]) == ["ips", "usual"]
    with pytest.raises(InputError, match="'Ny 2024' is no id"):
        blank_record("Ny 2024")
