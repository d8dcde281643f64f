"""``evidens pool --also transport``: how target and similarities are written, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meta.choices.next_site import next_site
from meta.choices.transport import transport
from meta.choices.transport_similarity import (
    DistanceSimilarity,
    StepSimilarity,
    WordSimilarity,
)
from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool

Run = Callable[..., tuple[int, str, str]]

LABELS = ["Aronson", "Ferguson", "Rosenthal", "Hart", "Frimodt", "Stein"]
COUNTS = {
    "ai": [4, 6, 3, 62, 33, 180],
    "n1i": [123, 306, 231, 13598, 5069, 1541],
    "ci": [11, 29, 11, 248, 47, 372],
    "n2i": [139, 303, 220, 12867, 5808, 1451],
}
YEAR = [1948, 1949, 1960, 1977, 1973, 1953]
LAND = ["DK", "New York, US", "New York, US", "DK", "UK", "UK"]
RESULT = pool(effect_sizes("RR", COUNTS, labels=LABELS))


@pytest.fixture
def trials(tmp_path: Path) -> str:
    names = ["slab", "year", "land", *COUNTS]
    rows = zip(LABELS, YEAR, (f'"{one}"' for one in LAND), *COUNTS.values(), strict=True)
    lines = [",".join(names), *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "t.csv"


@pytest.mark.parametrize(
    ("asked", "target", "options"),
    [
        (
            "target=year=1960;land=DK,similarity=year:20;land:0.5",
            {"year": 1960.0, "land": "DK"},
            {
                "similarity": {
                    "year": DistanceSimilarity(scale=20),
                    "land": WordSimilarity(other=0.5),
                }
            },
        ),
        (
            "target=land=DK,similarity=land:New York, US 0.4/UK 0.8/other 0.1,threshold=-0.5",
            {"land": "DK"},
            {
                "similarity": {
                    "land": WordSimilarity(other=0.1, table={"New York, US": 0.4, "UK": 0.8})
                },
                "threshold": -0.5,
            },
        ),
        (
            "target=year = 1960 ; land = New York, US, similarity=year:5 1/15 .5/other 0.2,modifiers=land",
            {"year": 1960.0, "land": "New York, US"},
            {
                "similarity": {"year": StepSimilarity(steps=((5, 1), (15, 0.5)), other=0.2)},
                "modifiers": ["land"],
            },
        ),
        (
            "target=year=1980,modifiers=year,anyway",
            {"year": 1980.0},
            {"modifiers": ["year"], "anyway": True},
        ),
    ],
)
def test_what_is_asked_for_is_what_the_method_gives(
    evidens: Run, trials: str, asked: str, target: dict[str, Any], options: dict[str, Any]
) -> None:
    columns: dict[str, list[Any]] = {"year": YEAR, "land": LAND}
    wanted = transport(RESULT, target, columns, **options)
    arguments = ("pool", trials, "--measure", "RR", "--also", f"transport:{asked}")
    code, out, err = evidens(*arguments, "--json")
    assert code == 0, err
    (found,) = json.loads(out)["also"]
    assert found["result"] == json.loads(json.dumps(wanted.to_dict()))
    assert f"\n\n{wanted.summary()}" in evidens(*arguments)[1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "",
            "--also: transport needs target (columns and their values there, e.g. country=DK;year",
        ),
        (
            "target=land,modifiers=land",
            "--also: transport:target has 'land'. Write NAME=VALUE;NAME=VALUE.",
        ),
        (
            "target=land=DK;land=UK,modifiers=land",
            "--also: transport:target has land twice. Say it once.",
        ),
        (
            "target=land=DK,similarity=land",
            "--also: transport:similarity has 'land'. Write NAME:RULE;NAME:RULE.",
        ),
        (
            "target=land=DK,similarity=land:half",
            "--also: a similarity or scale is 'half', no number. Write a number with a decimal point.",
        ),
        (
            "target=land=DK,similarity=land:UK half/other 0",
            "--also: the similarity of UK is 'half', no number. Write a number with a decimal point.",
        ),
        (
            "target=land=DK,similarity=land:UK 0.5",
            "--also: the table 'UK 0.5' does not say how similar all others are. End it with other NUMBER.",
        ),
        (
            "target=land=DK,similarity=land:UK 0.5/0.3",
            "--also: '0.3' is no word with its similarity. Write NO 0.9/SE 0.8/other 0.2.",
        ),
        (
            "target=year=1960,similarity=year:5 1/x",
            "--also: 'x' is no distance with its similarity. Write 5 1/10 0.5/other 0.2.",
        ),
        (
            "target=year=1960,similarity=year:near 1/other 0",
            "--also: a distance is 'near', no number. Write a number with a decimal point.",
        ),
        (
            "target=land=DK,similarity=land:UK 0.5/UK 0.6/other 0",
            "--also: UK is there twice. Say it once.",
        ),
        (
            "target=year=soon,modifiers=year",
            "--also: the target's year is 'soon', no number. Write a number with a decimal point.",
        ),
        (
            "target=land=DK,similarity=town:0.5",
            "target: the target has no town. Say what it is there; the target has land.",
        ),
        (
            "target=town=1,modifiers=town",
            "t.csv:1: town: --also names this column, which the file lacks.",
        ),
        (
            "target=year=2024,modifiers=year",
            "year: the target is 2024, and the studies go from 1948 to 1977.",
        ),
    ],
)
def test_what_cannot_be_read_or_done_is_refused(
    evidens: Run, trials: str, asked: str, message: str
) -> None:
    also = f"transport:{asked}" if asked else "transport"
    code, out, err = evidens("pool", trials, "--measure", "RR", "--also", also)
    assert (code, out) == (1, "")
    assert message in err


def test_a_model_without_one_estimate_is_refused(evidens: Run, trials: str) -> None:
    arguments = ("pool", trials, "--measure", "RR", "--mods", "~ year", "--also")
    code, out, err = evidens(*arguments, "transport:target=year=1960,modifiers=year")
    assert (code, out) == (1, "")
    assert "--also: transport needs one pooled estimate. Leave out --mods" in err


def test_a_column_of_numbers_with_a_word_in_it_is_refused_by_line(
    evidens: Run, tmp_path: Path
) -> None:
    text = "yi,vi,year\n0.1,0.2,1999\n0.3,0.1,soon\n"
    (tmp_path / "g.csv").write_text(text, encoding="utf-8")
    also = "transport:target=year=1999,modifiers=year"
    code, _, err = evidens("pool", "g.csv", "--also", also)
    assert code == 1
    assert "g.csv:3: year: 'soon'" in err


def test_the_next_site_by_itself(evidens: Run, trials: str) -> None:
    arguments = ("pool", trials, "--measure", "RR", "--also", "next-site:threshold=-0.5")
    (found,) = json.loads(evidens(*arguments, "--json")[1])["also"]
    wanted = next_site(RESULT, threshold=-0.5)
    assert found["result"] == json.loads(json.dumps(wanted.to_dict()))
    assert f"\n\n{wanted.summary()}" in evidens(*arguments)[1]
    code, _, err = evidens(*arguments[:4], "--method", "EE", "--also", "next-site")
    assert code == 1
    assert "a common effect says nothing of how sites differ" in err
