"""``evidens pool --figure``: files that show what was pooled, and what cannot be drawn."""

import re
import struct
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from evidens.figures import FIGURES

Run = Callable[..., tuple[int, str, str]]
SVG = "{http://www.w3.org/2000/svg}"
TRIALS = """study,ai,n1i,ci,n2i,land
Aronson 1948,4,123,11,139,US
Ferguson 1949,6,306,29,303,CA
Rosenthal 1960,3,231,11,220,US
Hart 1977,62,13598,248,12867,GB
Comstock 1974,186,50634,141,27338,US
Tom <1990>,,,3,50,GB
"""
MEANS = "study;m1i;sd1i;n1i;m2i;sd2i;n2i\nA;21,6;3,1;30;6,8;2,9;31\nB;10,2;2,0;15;9,1;2,2;16\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    (tmp_path / "t.csv").write_text(TRIALS, encoding="utf-8")
    return "t.csv"


def words(file: Path) -> list[str]:
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_every_figure_is_drawn_and_the_result_is_printed_as_before(
    evidens: Run, table: str, tmp_path: Path
) -> None:
    alone = evidens("pool", table, "--measure", "RR")
    code, out, err = evidens(
        "pool", table, "--measure", "RR", "--figure", ",".join(FIGURES), "--out", "f"
    )
    assert code == 0, err
    assert out == alone[1]
    assert [f"f/{name}.svg" for name in FIGURES] == err.splitlines()[1:]
    assert sorted(one.name for one in (tmp_path / "f").iterdir()) == sorted(
        f"{name}.svg" for name in FIGURES
    )


def test_the_forest_plot_has_the_arms_and_the_study_left_out(
    evidens: Run, table: str, tmp_path: Path
) -> None:
    code, _, err = evidens(
        *("pool", table, "--measure", "RR", "--figure", "forest", "--out", "f"),
        *("--arm-names", "BCG / Ingen", "--higher", "worse", "--subgroup", "land"),
    )
    assert code == 0, err
    found = words(tmp_path / "f" / "forest.svg")
    for text in ("62/13.598", "248/12.867", "BCG", "Samlet: US", "← til fordel for BCG"):
        assert found.count(text) == 1, text
    at = found.index("Tom <1990>")
    assert found[at + 1 : at + 4] == ["–", "3/50", "kan ikke beregnes"]


def test_means_stand_with_deviation_and_people(evidens: Run, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(MEANS, encoding="utf-8")
    asked = ("pool", "m.csv", "--measure", "MD", "--figure", "forest", "--out", "f")
    assert evidens(*asked)[0] == 0
    assert "21,6 (3,1) 30" in words(tmp_path / "f" / "forest.svg")
    assert evidens(*asked, "--preset", "revman")[0] == 0
    found = words(tmp_path / "f" / "forest.svg")
    assert found[found.index("21,6") :][:6] == ["21,6", "3,1", "30", "6,8", "2,9", "31"]


def test_people_are_those_with_the_event_and_those_without(evidens: Run, tmp_path: Path) -> None:
    text = "study,ai,bi,ci,di\nA,4,119,11,128\nB,6,300,29,274\n"
    (tmp_path / "b.csv").write_text(text, encoding="utf-8")
    assert evidens("pool", "b.csv", "--measure", "OR", "--figure", "forest", "--out", "f")[0] == 0
    found = words(tmp_path / "f" / "forest.svg")
    assert [one for one in found if "/" in one and "alt" not in one] == [
        *("4/123", "11/139"),
        *("6/306", "29/303"),
    ]


def test_proportions_have_no_contours_of_no_effect(evidens: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("study,xi,ni\nA,1,10\nB,4,20\nC,7,20\n", encoding="utf-8")
    asked = ("pool", "p.csv", "--measure", "PLO", "--figure", "funnel,forest", "--out", "f")
    assert evidens(*asked)[0] == 0
    assert not any(one.startswith("p <") for one in words(tmp_path / "f" / "funnel.svg"))
    assert not any("fordel" in one for one in words(tmp_path / "f" / "forest.svg"))


def test_formats_are_what_they_say_and_the_same_each_time(
    evidens: Run, table: str, tmp_path: Path
) -> None:
    asked = (
        "pool",
        table,
        "--measure",
        "RR",
        "--figure",
        "forest,tau",
        "--picture",
        "png,pdf,html",
    )
    for folder in ("a", "b"):
        code, _, err = evidens(*asked, "--out", folder)
        assert code == 0, err
    first = {one.name: one.read_bytes() for one in (tmp_path / "a").iterdir()}
    assert first == {one.name: one.read_bytes() for one in (tmp_path / "b").iterdir()}
    assert first["forest.png"][:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", first["forest.png"][16:24])
    assert width > height > 500
    page = PdfReader(tmp_path / "a" / "forest.pdf").pages[0]
    assert "Aronson 1948" in page.extract_text()
    assert len(page.images) == 0  # vector, no raster
    html = first["forest.html"].decode()
    assert html.count("<svg") == 1
    cells = "<td>62/13.598</td><td>248/12.867</td><td>0,24 [0,18; 0,31]</td>"
    assert f'<th scope="row">Hart 1977</th>{cells}' in html
    assert "<1990>" not in html


@pytest.mark.parametrize(
    ("lang", "pooled", "number"),
    [
        ("da", "Samlet skøn", r"0,\d\d \[0,\d\d; 0,\d\d\]"),
        ("nb", "Samlet anslag", r"0,\d\d \[0,\d\d; 0,\d\d\]"),
        ("en", "Pooled estimate", r"0\.\d\d \[0\.\d\d, 0\.\d\d\]"),
    ],
)
def test_every_figure_speaks_the_language_that_is_asked_for(
    evidens: Run, table: str, tmp_path: Path, lang: str, pooled: str, number: str
) -> None:
    asked = ("pool", table, "--measure", "RR", "--figure", ",".join(FIGURES), "--out", "f")
    code, _, err = evidens(*asked, "--lang", lang)
    assert code == 0, err
    signs = {",": r"\d,\d", ".": r"\d\.\d(?!\d\d)"}
    mark, other = (",", ".") if lang != "en" else (".", ",")
    for name in FIGURES:
        root = ElementTree.fromstring((tmp_path / "f" / f"{name}.svg").read_text("utf-8"))
        assert root.get("lang") == lang
        text = " ".join(one.text or "" for one in root.iter(f"{SVG}text"))
        assert re.search(signs[mark], text), name
        assert not re.search(signs[other], re.sub(r"\d+,\d{3}\b", "", text)), name
    found = words(tmp_path / "f" / "forest.svg")
    assert any(one.startswith(pooled) for one in found)
    assert any(re.fullmatch(number, one) for one in found)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--figure", "pie"], 1, "'pie' is no figure. Use some of: forest, funnel"),
        (["--figure", " , "], 1, "no figure is named"),
        (["--figure", "tau", "--picture", "gif"], 1, "'gif' is no format of a figure"),
        (["--figure", "forest", "--preset", "nejm"], 1, "'nejm' is no preset of a forest plot"),
        (["--figure", "forest", "--arm-names", "IPS"], 1, "'IPS' does not name two arms"),
        (["--figure", "forest", "--higher", "good"], 1, "higher is 'good'"),
        (
            ["--figure", "tau", "--lang", "sv"],
            1,
            "there are no texts in 'sv'. Use one of: da, nb, en",
        ),
        (["--lang", "en"], 2, "it is of figures; ask for some by --figure"),
        (["--preset", "jama"], 2, "it is of figures; ask for some by --figure"),
        (["--out", "x"], 2, "it is of figures; ask for some by --figure"),
        (
            ["--figure", "forest", "--mods", "~ n1i"],
            1,
            "forest needs a pooled estimate or subgroups",
        ),
        (["--figure", "tau", "--subgroup", "land"], 1, "tau needs one pooled estimate"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    evidens: Run, table: str, tmp_path: Path, options: list[str], code: int, message: str
) -> None:
    found, _, err = evidens("pool", table, "--measure", "RR", *options)
    assert found == code
    assert message in " ".join(err.replace("│", " ").split())
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_named(evidens: Run, table: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    asked = ("pool", table, "--measure", "RR", "--figure", "tau", "--out", "file")
    code, _, err = evidens(*asked)
    assert code == 1
    assert "file: it cannot be written" in err
