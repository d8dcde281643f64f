"""Horizon models in the exports and on the terminal: the same numbers, and whom each model leaves out."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from meta.choices.horizon_models import HORIZON_MODELS
from registry.analyses import Analysis, analyse
from registry.exports import document, write_exports
from registry.horizon_exports import LEFT_OUT, horizon_rows
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from templates.synthesis_listing import estimates_text

Run = Callable[..., tuple[int, str, str]]
DAVIS = "Davis m.fl. (2012)"
OUTSIDE = "seen over 12 months, not over 13.5 to 27 months"


@pytest.fixture(scope="module")
def horizons(analysis: Analysis) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(json.dumps(document(analysis)))["horizons"]
    return found


def test_each_reading_has_its_numbers_and_the_plans_is_marked(
    horizons: list[dict[str, Any]],
) -> None:
    assert [(one["outcome"], one["model"], one["k"]) for one in horizons if one["chosen"]] == [
        ("competitive-employment", "none", 3),
        ("weeks-worked", "proportional", 3),
        ("hours-worked", "proportional", 3),
    ]
    hazard = horizons[0]
    assert (hazard["model"], hazard["unit"], hazard["horizon"]) == (
        "constant-hazard",
        "percent",
        {"months": 18.0},
    )
    mean = hazard["means"]["mean_of_intervention_arms"]
    assert mean["value"] == pytest.approx((46 + 39 + 100 * (1 - 0.24**1.5)) / 3, rel=1e-14)
    assert mean["low"] < mean["value"] < mean["high"]
    assert hazard["assumptions"] == [
        {
            "name": "constant-hazard",
            "value": 1.5,
            "detail": {"from_months": 12.0, "to_months": 18.0},
            "studies": [DAVIS],
        }
    ]
    ratio = hazard["pooled"][0]
    assert (ratio["measure"], ratio["method"], ratio["test"], ratio["fits"]) == (
        "RR",
        "REML",
        "knha",
        21,
    )
    assert ratio["counts_low"] <= ratio["estimate"] <= ratio["counts_high"]
    assert ratio["elicited_low"] is None


def test_a_landmark_says_its_window_and_whom_it_leaves_out(horizons: list[dict[str, Any]]) -> None:
    landmark = horizons[1]
    assert landmark["horizon"] == {"months": 18.0, "first_months": 13.5, "last_months": 27.0}
    assert landmark["left_out"] == [
        {
            "id": "davis-2012",
            "label": DAVIS,
            "reason": "outside-landmark",
            "reason_text": OUTSIDE,
        }
    ]


def test_the_sheet_has_a_row_for_each_quantity(
    analysis: Analysis, horizons: list[dict[str, Any]], tmp_path: Any
) -> None:
    (file,) = write_exports(analysis, tmp_path, ["xlsx"])
    sheet = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))["horizons"]
    head, *rows = sheet.iter_rows(values_only=True)
    wanted = horizon_rows(horizons)
    assert list(head) == list(wanted[0])
    assert len(rows) == len(wanted) == 9 * 4 + 3 * 2
    for row, one in zip(rows, wanted, strict=True):
        read = dict(zip(head, row, strict=True))
        assert (read["outcome"], read["model"], read["chosen"]) == (
            one["outcome"],
            one["model"],
            one["chosen"],
        )
        assert read["value"] == pytest.approx(one["value"], rel=1e-15)
        assert (read["left_out"] or "") == one["left_out"]


def test_the_terminal_shows_every_reading(shipped: str, evidens: Run) -> None:
    code, out, err = evidens("synthesis", "run", "ips-vive", "--db", shipped)
    assert (code, err) == (0, "")
    assert "Under each horizon model, at 18 months (* the plan's):" in out
    lines = [line.split() for line in out.splitlines()]
    # R's estimates of tests/registry/test_horizon_readings.py, to four digits.
    hazard = ["competitive-employment", "constant-hazard", "3", "57.75", "23.30", "2.478", "2.335"]
    assert [*hazard, "[1.114,", "4.894]", "0.3365", "[−0.04802,", "0.7209]"] in lines
    assert ["weeks-worked", "none", "3", "18.71", "8.073", "2.317", "–", "–"] in lines
    assert f"competitive-employment, landmark-only: without {DAVIS}, {OUTSIDE}." in out
    code, out, _ = evidens("synthesis", "run", "ips-vive", "--json", "--db", shipped)
    assert (code, len(json.loads(out)["horizons"])) == (0, 9)


def test_elicited_factors_are_there_with_their_basis_and_what_they_cannot_reach(
    shipped: str,
) -> None:
    plan = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    factor = "{window: 12 months, factor: 1.2, low: 1, high: 1.5, basis: Two job coaches.}"
    for model in ("none", "proportional"):
        old = f"    horizon_model: {model}\n"
        plan = plan.replace(old, f"{old}    elicited:\n      - {factor}\n", 1)
    plan = plan.replace("horizon: 18 months", "horizon: 60 months")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(plan)])
        content = document(analyse(session, "ips-vive"))
    readings = {(one["outcome"], one["model"]): one for one in content["horizons"]}
    weeks = readings["weeks-worked", "elicited"]
    assert weeks["horizon"]["factors"] == [
        {"from_months": 12.0, "factor": 1.2, "low": 1.0, "high": 1.5, "basis": "Two job coaches."}
    ]
    assert [one["reason_text"] for one in weeks["left_out"]] == [
        "no factor was elicited for 18 months",
        "no factor was elicited for 30 months",
    ]
    shares = readings["competitive-employment", "elicited"]
    assert (shares["k"], shares["means"], shares["pooled"]) == (0, None, [])
    assert shares["left_out"][-1]["reason_text"] == (
        "times 1.5 its share would be above 100 percent"
    )
    hazard = readings["competitive-employment", "constant-hazard"]
    assert hazard["left_out"][0]["reason_text"] == (
        "seen over 18 months in a way that the model does not convert"
    )
    rows = horizon_rows([shares])
    assert [(one["quantity"], one["value"]) for one in rows] == [("no study", None)]
    assert "competitive-employment  elicited         0  –" in estimates_text(content)
    reasons = {study["reason"] for one in content["horizons"] for study in one["left_out"]}
    assert reasons == set(LEFT_OUT)
    assert {one["model"] for one in content["horizons"]} == set(HORIZON_MODELS)
