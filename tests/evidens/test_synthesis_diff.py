"""``evidens synthesis diff``: what entered, left or changed, and how far each estimate moved."""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from tests.databases import Databases, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]
SHARES = "  - outcome: weeks-worked\n    horizon_model"  # what the plan says after its shares


def ask_for_shares_alone(url: str) -> None:
    """Cut the plan to shares, which every trial has."""
    text = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    cut = text[: text.index(SHARES)] + text[text.index("cautions:") :]
    with transaction(url) as session:
        assert take_in(session, [check_yaml(cut)]).changed == ("synthesis ips-vive",)


@pytest.fixture
def shares(databases: Databases) -> str:
    return databases.filled(take_in_the_collection, ask_for_shares_alone)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COLLECTION / "records", tmp_path / "records"))


def edit(evidens: Run, url: str, file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    code, _, err = evidens("load", str(file), "--db", url)
    assert code == 0, err


def diff(evidens: Run, url: str, *arguments: str) -> dict[str, Any]:
    code, out, err = evidens("synthesis", "diff", "ips-vive", *arguments, "--json", "--db", url)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def include(evidens: Run, url: str, records: Path, study: str) -> None:
    file = records / f"{study}.yaml"
    text = file.read_text(encoding="utf-8")
    entry = (
        "  - synthesis: ips-vive\n    decision: included\n"
        f"    source: {{report: {study}, where: abstract, read: abstract}}\n"
    )
    at = "\ntags:" if "\ntags:" in text else ""
    assert "\nscreening:" not in text
    end = text.index(at) if at else len(text.rstrip())
    file.write_text(f"{text[:end].rstrip()}\nscreening:\n{entry.rstrip()}{text[end:]}", "utf-8")
    code, _, err = evidens("load", str(file), "--db", url)
    assert code == 0, err


SHIPPED = len(list(COLLECTION.rglob("*.yaml")))
# The plan cut to shares is the revision after those of the collection.
BEFORE = ("--since", str(SHIPPED + 1))


def test_a_nordic_trial_lowers_the_risk_ratio(evidens: Run, shares: str, records: Path) -> None:
    include(evidens, shares, records, "christensen-2019")
    found = diff(evidens, shares, *BEFORE, "--threshold", "2.2")
    assert found["entered"] == ["Christensen m.fl. (2019)"]
    assert (found["left"], found["changed"], found["plan_changed"]) == ([], [], False)
    ratio = next(one for one in found["movements"] if one["quantity"] == "RR")
    # then: the note's three, as metafor pools them; now: with 92 of 243 against 66 of 239
    assert ratio["then"] == pytest.approx(2.5377, abs=5e-5)
    counts = {
        "ai": [19, 28, 32, 92],
        "n1i": [41, 71, 42, 243],
        "ci": [5, 16, 12, 66],
        "n2i": [46, 80, 43, 239],
    }
    alone = pool(effect_sizes("RR", counts)).pooled
    assert ratio["now"] == pytest.approx(math.exp(alone.estimate), rel=0.02)
    assert ratio["now"] < ratio["then"]
    assert ratio["crossed"] is True
    assert ratio["conclusion"] is None
    code, out, err = evidens(
        "synthesis", "diff", "ips-vive", *BEFORE, "--threshold", "2.2", "--db", shares
    )
    assert (code, err) == (0, "")
    assert out.startswith(f"ips-vive since {SHIPPED + 1}\n\nEntered: Christensen m.fl. (2019)\n\n")
    assert (
        "\ncompetitive-employment, RR: the estimate crossed 2.2 and is not above it now.\n" in out
    )


def test_a_study_that_leaves_takes_the_conclusion_with_it(
    evidens: Run, shares: str, records: Path
) -> None:
    old = "  - synthesis: ips-vive\n    decision: included\n"
    new = "  - synthesis: ips-vive\n    decision: excluded\n    reason: conservative-choice\n"
    edit(evidens, shares, records / "davis-2012.yaml", old, new)
    found = diff(evidens, shares, *BEFORE)
    assert found["left"] == ["Davis m.fl. (2012)"]
    ratio = next(one for one in found["movements"] if one["quantity"] == "RR")
    assert ratio["conclusion"] == "the interval did not hold 1, and now does"
    assert ratio["crossed"] is None
    out = evidens("synthesis", "diff", "ips-vive", *BEFORE, "--db", shares)[1]
    assert "\nLeft: Davis m.fl. (2012)\n" in out
    assert "\ncompetitive-employment, RR: the interval did not hold 1, and now does.\n" in out


def test_an_edit_is_named_and_moves_nothing_it_does_not_touch(
    evidens: Run, shares: str, records: Path
) -> None:
    edit(evidens, shares, records / "davis-2012.yaml", "\nyear: 2012\n", "\nyear: 2011\n")
    found = diff(evidens, shares, *BEFORE)
    assert found["changed"] == ["Davis m.fl. (2012)"]
    assert all(one["then"] == one["now"] for one in found["movements"])


def test_the_plan_s_own_change_is_said(evidens: Run, shares: str) -> None:
    found = diff(evidens, shares, "--since", str(SHIPPED))
    assert found["plan_changed"] is True
    weeks = [one for one in found["movements"] if one["outcome"] == "weeks-worked"]
    assert weeks[0]["now"] is None
    out = evidens("synthesis", "diff", "ips-vive", "--since", str(SHIPPED), "--db", shares)[1]
    assert "\nThe plan has changed.\n" in out
    assert "weeks-worked, relative difference: no longer estimated;" in out


def test_nothing_has_changed_since_the_future(evidens: Run, shipped: str) -> None:
    code, out, _ = evidens(
        "synthesis", "diff", "ips-vive", "--since", "2999-01-01T12:00+01:00", "--db", shipped
    )
    assert code == 0
    assert "No study entered, left or changed, and the plan is the same." in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["ips-vive", "--since", "2020-01-01"],
            "--since: the registry had no synthesis 'ips-vive' at",
        ),
        (
            ["ips-vive", "--since", "3"],
            "--since: the registry had no synthesis 'ips-vive' at 3. Take a",
        ),
        (
            ["ips-vive", "--since", "yesterday"],
            "--since: 'yesterday' is no date, no time and no number",
        ),
        (["ips-vive", "--since", "2026-13-40"], "--since: '2026-13-40' is no date, no time"),
        (["no-such", "--since", str(SHIPPED)], "There is no synthesis 'no-such'."),
    ],
)
def test_what_has_no_past_is_refused(
    evidens: Run, shipped: str, arguments: list[str], message: str
) -> None:
    code, out, err = evidens("synthesis", "diff", *arguments, "--db", shipped)
    assert (code, out) == (1, "")
    assert message in err
