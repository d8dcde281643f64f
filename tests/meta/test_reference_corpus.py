"""No kind of reference case is without a test, and the table of what is compared counts them right."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
REFERENCE = TESTS / "reference"
ROWS = re.findall(
    r"^\| ((?:`[a-z-]+/`(?:, )?)+) \| ([^|]+) \| ([^|]+) \|$",
    (REFERENCE / "README.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)


def test_every_folder_stands_in_the_table() -> None:
    listed = [name for folders, _, _ in ROWS for name in re.findall(r"`([a-z-]+)/`", folders)]
    assert sorted(listed) == sorted(one.name for one in REFERENCE.iterdir() if one.is_dir())


@pytest.mark.parametrize(("folders", "counts", "compared"), ROWS)
def test_as_many_cases_as_the_table_says(folders: str, counts: str, compared: str) -> None:
    names = re.findall(r"`([a-z-]+)/`", folders)
    held = [len(list((REFERENCE / name).glob("*.json"))) for name in names]
    said = [int(number) for number in re.findall(r"\d+", counts)]
    assert sum(held) == sum(said), f"{names} hold {held}"
    for path in re.findall(r"`tests/(meta/\w+\.py)`", compared):
        source = (TESTS / path).read_text(encoding="utf-8")
        assert any(f'"{name}"' in source for name in names), path
