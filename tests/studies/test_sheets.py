"""Tables of hostile origin: what is detected, what is read, and what is refused with which words."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from meta.faults import InputError
from studies import sheets, table_files
from studies.cells import NumberCell, read_numbers
from studies.sheets import Sheet, parse_sheet, read_sheet

NUMBERS = ("yi", "vi", "ai")


def read(content: str | bytes, encoding: str = "utf-8") -> Sheet:
    raw = content.encode(encoding) if isinstance(content, str) else content
    return parse_sheet(raw, name="t.csv", numbers=NUMBERS)


def refused(content: str | bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(content)
    return str(caught.value).splitlines()


def workbook(*rows: list[Any], title: str = "Trials") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "encoding", "detected", "values"),
    [
        ("slab,yi\na,0.5\nb,-1.25\n", "utf-8", "CSV, UTF-8, comma, decimal point", (0.5, -1.25)),
        (
            "slab;yi\na;0,5\nb;-1,25\n",
            "utf-8",
            "CSV, UTF-8, semicolon, decimal comma",
            (0.5, -1.25),
        ),
        ("slab\tyi\na\t0,5\nb\t1\n", "utf-8", "CSV, UTF-8, tab, decimal comma", (0.5, 1)),
        ("slab;yi\na;0.5\nb;1\n", "utf-8", "CSV, UTF-8, semicolon, decimal point", (0.5, 1)),
        ("slab;yi\nå;5\nb;1\n", "utf-8-sig", "CSV, UTF-8 with BOM, semicolon", (5, 1)),
        ("slab;yi\nå;5\nb;1\n", "cp1252", "CSV, Windows-1252, semicolon", (5, 1)),
        (
            "slab,yi\r\na,1e-3\r\nb,+.5E2\r\n",
            "utf-8",
            "CSV, UTF-8, comma, decimal point",
            (0.001, 50),
        ),
        ("slab,yi\ra,NA\rb, 7 \r", "utf-8", "CSV, UTF-8, comma", (None, 7)),
        (
            "slab;yi\na;\u22120,5\nb;\n",
            "utf-8",
            "CSV, UTF-8, semicolon, decimal comma",
            (-0.5, None),
        ),
        ("yi\n1\n2\n", "utf-8", "CSV, UTF-8, comma", (1, 2)),
    ],
)
def test_what_is_detected(
    content: str, encoding: str, detected: str, values: tuple[float | None, ...]
) -> None:
    sheet = read(content, encoding)
    assert str(sheet.detected) == detected
    assert sheet.numbers == {"yi": values}


def test_words_stay_words_and_blank_lines_are_passed_over() -> None:
    sheet = read('\n"slab";note;yi\n\n"Østergård; et al.";007;1\n ; ;\nNA;;2\n', "cp1252")
    assert sheet.texts == {"slab": ("Østergård; et al.", "NA"), "note": ("007", None)}
    assert sheet.numbers == {"yi": (1.0, 2.0)}
    assert (sheet.header_line, sheet.lines) == (2, (4, 6))
    assert sheet.header == ("slab", "note", "yi")


def test_one_cell_that_cannot_be_grouped_decides_for_all() -> None:
    assert read("slab;yi\na;1.234\nb;0.5\n").numbers["yi"] == (1.234, 0.5)
    assert read("slab;yi;vi\na;1,234;2,5\n").numbers == {"yi": (1.234,), "vi": (2.5,)}
    for decisive in ("0,123", "1,2345", "1234,567", "1,234e0", ",5"):
        assert read(f"slab;yi\na;1,234\nb;{decisive}\n").detected.decimal_mark == "decimal comma"


def test_a_point_between_commas_is_a_decimal_mark() -> None:
    assert read("slab,yi\na,1.234\n").numbers["yi"] == (1.234,)


def test_numbers_that_could_be_grouped_are_refused() -> None:
    assert refused("slab;yi;vi\na;1.234;12.500\nb;7;-123.456\n") == [
        "t.csv:2: yi: '1.234' could be a decimal or have a thousands separator. Write 1.2340 or 1234.",
        "t.csv:2: vi: '12.500' could be a decimal or have a thousands separator. Write 12.5000 or 12500.",
        "t.csv:3: vi: '-123.456' could be a decimal or have a thousands separator. Write -123.4560 or "
        "-123456.",
    ]


def test_mixed_marks_are_refused_at_the_rarer() -> None:
    assert refused("slab;yi\na;0,5\nb;0,25\nc;1.234\n") == [
        "t.csv:4: yi: '1.234' has another decimal mark than '0,5' in line 2. Use one decimal mark "
        "throughout, and no thousands separator."
    ]


def test_a_comma_in_a_number_between_commas_is_refused() -> None:
    assert refused('slab,yi\na,"1,234"\nb,0.5\n') == [
        "t.csv:2: yi: '1,234' has a comma where commas separate the cells. Write a decimal point, or "
        "separate cells by semicolons."
    ]


def test_all_faults_of_a_table_are_told_in_order() -> None:
    assert refused(
        "slab;yi;yi;;vi\na;x;1;1;nan\nb;1\nc;1.234,5;-inf;1;1e999\nd\u202e;1;1;1;12%\n"
    ) == [
        "t.csv:1: yi: column 3 has the same name as column 2. Name each column once.",
        "t.csv:1: column 4: the column has no name. Name it, or delete it.",
        "t.csv:2: yi: 'x' is no number. Write digits with at most one decimal mark, or leave the cell "
        "empty.",
        "t.csv:2: vi: 'nan' is no finite number. Leave the cell empty if it is not known.",
        "t.csv:3: the row has 2 cells under 5 names. Give one cell for each column; put text that holds "
        "a separator in quotation marks.",
        "t.csv:4: yi: '1.234,5' is no number. Write digits with at most one decimal mark, or leave the "
        "cell empty.",
        "t.csv:4: yi: '-inf' is no finite number. Leave the cell empty if it is not known.",
        "t.csv:4: vi: '1e999' is too large. Check the exponent.",
        "t.csv:5: slab: the text holds the invisible character U+202E. Delete it.",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "t.csv: the file is empty. Give a header line and one row per study."),
        (" \r\n\n", "t.csv: the file is empty. Give a header line and one row per study."),
        (b"\xef\xbb\xbf", "t.csv: the file is empty. Give a header line and one row per study."),
        ("\n;;\n", "t.csv: the file is empty. Give a header line and one row per study."),
        ("slab,yi\n", "t.csv:1: there is a header but no row below it. Give one row per study."),
        (
            b"slab,yi\na,\x001\n",
            "t.csv:2: there is a NUL character; this is no UTF-8 text. Save the file as CSV in UTF-8.",
        ),
        (
            "slab,yi\na,1\n".encode("utf-16"),
            "t.csv:1: there is a NUL character; this is no UTF-8 text. Save the file as CSV in UTF-8.",
        ),
        (
            b"slab,yi\n\x81\xe5,1\n",
            "t.csv:2: byte 0x81 is neither UTF-8 nor Windows-1252. Save the file as CSV in UTF-8.",
        ),
        (
            "slab,yi\na\x1b[31m,1\n",
            "t.csv:2: slab: the text holds the invisible character U+001B. Delete it.",
        ),
        (
            "slab\u200f,yi\na,1\n",
            "t.csv:1: column 1: the text holds the invisible character U+200F. Delete it.",
        ),
        (
            'slab,yi\n"two\nlines",1\n',
            "t.csv:2: slab: the text holds the invisible character U+000A. Delete it.",
        ),
        (
            'slab,yi\n"a,1\nb,2\n',
            "t.csv:2: the line is no CSV (unexpected end of data). Close each quotation mark, and "
            "double those inside a cell.",
        ),
        (
            "a,b;c\n1,2;3\n",
            "t.csv:1: the names could be separated by comma or semicolon. Separate them by one, and "
            "put names that contain the other in quotation marks.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "t.csv: this is an old Excel file (.xls). Save it as XLSX or CSV.",
        ),
        (
            # The zip version that unpacking needs stands in the directory of the archive; none is 223.
            (lambda book: book.replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xdf"))(
                workbook(["slab", "yi"], ["a", 1])
            ),
            "t.csv: this is no XLSX file that can be opened. Save it again as XLSX.",
        ),
        (
            b"PK\x03\x04 not a workbook",
            "t.csv: this is no XLSX file that can be opened. Save it again as XLSX.",
        ),
        (
            "slab,yi\na," + "9" * 60 + "x\n",
            f"t.csv:2: yi: '{'9' * 40}…' is no number. Write digits with at most one decimal mark, or "
            "leave the cell empty.",
        ),
        (
            "slab,yi\na,1_000\n",
            "t.csv:2: yi: '1_000' is no number. Write digits with at most one decimal mark, or leave "
            "the cell empty.",
        ),
    ],
)
def test_what_is_refused(content: str | bytes, message: str) -> None:
    assert refused(content) == [message]


def test_beyond_twenty_faults_only_their_number_is_told() -> None:
    lines = refused("slab,yi\n" + "a,x\n" * 57)
    assert len(lines) == 21
    assert lines[0].startswith("t.csv:2: yi: 'x' is no number.")
    assert lines[20] == "t.csv: and 37 more faults. Put those above right first."


def test_lines_are_those_of_the_file_after_a_cell_of_two_lines() -> None:
    assert [one[:8] for one in refused('slab,yi\n"two\nlines",1\nb,x\n')] == [
        "t.csv:2:",
        "t.csv:4:",
    ]


def test_a_cell_beyond_the_limit_of_a_cell_is_refused() -> None:
    message = (
        "the line is no CSV (field larger than field limit (131072)). Close each quotation mark"
    )
    assert refused("a" * 200_000 + "\n1\n")[0].startswith(f"t.csv:1: {message}")


def test_a_column_of_a_workbook_without_a_name_is_refused_even_if_it_holds_zeros() -> None:
    assert refused(workbook(["slab", "yi"], ["a", 1, 0])) == [
        "t.csv:1: column 3: the column has no name. Name it, or delete it."
    ]


def test_a_workbook() -> None:
    content = workbook(
        ["slab", "year", "yi", "vi", None],
        ["a", 1999, 0.5, 1, None],
        [None, None, None, None, None],
        ["b", date(2001, 5, 1), -2, 0, None],
        ["c", True, None, "NA", None],
    )
    sheet = read(content)
    assert str(sheet.detected) == "XLSX, sheet 'Trials'"
    assert sheet.numbers == {"yi": (0.5, -2.0, None), "vi": (1.0, 0.0, None)}
    assert sheet.texts == {
        "slab": ("a", "b", "c"),
        "year": ("1999", "2001-05-01 00:00:00", "True"),
    }
    assert sheet.lines == (2, 4, 5)


def test_numbers_kept_as_text_in_a_workbook_follow_the_rules_of_text() -> None:
    sheet = read(workbook(["slab", "yi"], ["a", "0,5"], ["b", 1.5]))
    assert sheet.numbers["yi"] == (0.5, 1.5)
    assert sheet.detected.decimal_mark == "decimal comma"
    assert refused(workbook(["slab", "yi"], ["a", "1.234"], ["b", 1.5])) == [
        "t.csv:2: yi: '1.234' could be a decimal or have a thousands separator. Write 1.2340 or 1234."
    ]


def test_formulas_and_errors_of_a_workbook_are_refused() -> None:
    assert refused(
        workbook(["slab", "yi"], ["a", "=1+1"], ["=HYPERLINK(1)", 2], ["c", "#N/A"])
    ) == [
        "t.csv:2: B2: the cell holds a formula. Put a value in its place.",
        "t.csv:3: A3: the cell holds a formula. Put a value in its place.",
        "t.csv:4: B4: the cell holds the error #N/A. Put a value in its place.",
    ]


def test_a_workbook_without_its_parts_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", "<nothing/>")
    assert refused(content.getvalue()) == [
        "t.csv: this is no XLSX file that can be opened. Save it again as XLSX."
    ]
    whole = workbook(["slab", "yi"], ["a", 1])
    assert refused(whole[: len(whole) // 2]) == [
        "t.csv: this is no XLSX file that can be opened. Save it again as XLSX."
    ]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(["slab", "yi"], ["a", 1])
    monkeypatch.setattr(table_files, "MAX_UNPACKED_BYTES", 1000)
    assert refused(content) == [
        "t.csv: the file is larger than 50 MB. Keep only the rows and columns needed."
    ]


def test_tables_beyond_a_sheet_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "MAX_ROWS", 3)
    message = (
        "the table has more than 3 rows or 16384 columns. Keep only the rows and columns needed."
    )
    assert refused("slab,yi\na,1\nb,1\nc,1\n") == [f"t.csv:4: {message}"]
    assert refused(workbook(["yi"], [1], [2], [3])) == [f"t.csv:4: {message}"]
    assert refused("," * 20_000 + "\n")[0].startswith("t.csv:1: the table has more than")


def test_files_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def message(path: Path) -> str:
        with pytest.raises(InputError) as caught:
            read_sheet(path, numbers=NUMBERS)
        return str(caught.value)

    gone, large = tmp_path / "gone.csv", tmp_path / "large.csv"
    assert message(gone) == f"{gone}: there is no such file. Check the name and the folder."
    assert message(tmp_path) == f"{tmp_path}: this is a directory. Name a CSV or XLSX file."
    assert message(Path("a\x00b")) == (
        "a\x00b: the file cannot be read (embedded null byte). Check its name and permissions."
    )
    with large.open("wb") as file:
        file.truncate(50_000_001)
    opened: list[Any] = []
    monkeypatch.setattr(Path, "open", lambda *arguments, **_: opened.append(arguments))
    assert message(large) == (
        f"{large}: the file is larger than 50 MB. Keep only the rows and columns needed."
    )
    assert opened == []


def test_a_stream_longer_than_allowed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    assert refused("slab,yi\na,1\n") == [
        "t.csv: the file is larger than 50 MB. Keep only the rows and columns needed."
    ]


def test_reading_a_file_names_it_as_the_user_did(tmp_path: Path) -> None:
    path = tmp_path / "å b.csv"
    path.write_text("slab;yi\na;0,5\n", encoding="utf-8")
    assert read_sheet(path, numbers=["yi"]).name == str(path)
    path.write_text("slab;yi\na;x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"å b\.csv:2: yi: 'x' is no number"):
        read_sheet(path, numbers=["yi"])


def test_a_cell_at_fault_has_no_value_and_one_fault() -> None:
    cells = [NumberCell(2, "yi", "1,5"), NumberCell(3, "yi", "2.5"), NumberCell(4, "yi", "1,25")]
    reading = read_numbers(cells, point_only=False)
    assert reading.values == [1.5, None, 1.25]
    assert reading.mark == ","
    assert [one.line for one in reading.faults] == [3]
