"""``evidens pool --also``: what the command line gives is what the methods give, and what it refuses."""

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meta.bayes.analysis import bayes
from meta.choices.panel import panel
from meta.diagnostics.cumulative import cumulative, cumulative_tables
from meta.diagnostics.e_value import e_value
from meta.diagnostics.fragility import fragility
from meta.diagnostics.gosh import gosh
from meta.diagnostics.influence import baujat, influence
from meta.diagnostics.leave_one_out import leave_one_out, leave_one_out_of_tables
from meta.diagnostics.needed_to_treat import needed_to_treat
from meta.effects.effect_sizes import effect_sizes
from meta.further.start import Finding
from meta.further.table import FURTHER
from meta.models.pooling import pool
from meta.models.stratified import peto_odds_ratio
from meta.moderators.inference import predict
from meta.moderators.regression import regress
from meta.selection.selection_model import selection_model
from meta.selection.sensitivity import selection_sensitivity
from meta.small_study.excess_significance import excess_significance
from meta.small_study.fail_safe import orwin, rosenberg, rosenthal
from meta.small_study.funnel import funnel, radial
from meta.small_study.limit_meta_analysis import limit_meta_analysis
from meta.small_study.named_tests import (
    arcsine_test,
    harbord_test,
    macaskill_test,
    peters_test,
)
from meta.small_study.pet_peese import pet_peese
from meta.small_study.rank_test import rank_test
from meta.small_study.regression_test import regression_test
from meta.small_study.trim_and_fill import trim_and_fill

Run = Callable[..., tuple[int, str, str]]

# dat.bcg of metadat, six of its trials
TRIALS: dict[str, list[Any]] = {
    "slab": ["Aronson", "Ferguson", "Rosenthal", "Hart", "Frimodt", "Stein"],
    "year": [1948, 1949, 1960, 1977, 1973, 1953],
    "ai": [4, 6, 3, 62, 33, 180],
    "n1i": [123, 306, 231, 13598, 5069, 1541],
    "ci": [11, 29, 11, 248, 47, 372],
    "n2i": [139, 303, 220, 12867, 5808, 1451],
}
COUNTS = {name: TRIALS[name] for name in ("ai", "n1i", "ci", "n2i")}


@pytest.fixture
def trials(tmp_path: Path) -> str:
    rows = [",".join(TRIALS)] + [
        ",".join(map(str, row)) for row in zip(*TRIALS.values(), strict=True)
    ]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return "t.csv"


def also(evidens: Run, *arguments: str) -> list[dict[str, Any]]:
    code, out, err = evidens("pool", *arguments, "--json")
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads(out)["also"]
    return found


def as_json(found: dict[str, Any]) -> dict[str, Any]:
    again: dict[str, Any] = json.loads(json.dumps(found))
    return again


def test_the_command_line_gives_what_the_methods_give(evidens: Run, trials: str) -> None:
    labels = TRIALS["slab"]
    result = pool(effect_sizes("RR", COUNTS, labels=labels))
    wanted: dict[str, Finding] = {
        "leave-one-out": leave_one_out(result),
        "cumulative": cumulative(result),
        "cumulative:by=year": cumulative(result, TRIALS["year"]),
        "cumulative:by=year,decreasing": cumulative(result, TRIALS["year"], decreasing=True),
        "influence": influence(result),
        "baujat": baujat(result),
        "gosh": gosh(result),
        "gosh:subsets=20,seed=4": gosh(result, subsets=20, seed=4),
        "fragility": fragility("RR", COUNTS, labels=labels),
        "fragility:most=2": fragility("RR", COUNTS, labels=labels, most=2),
        "e-value": e_value(result),
        "nnt:events=bad,baseline=0.05": needed_to_treat(result, events="bad", baseline=0.05),
    }
    asked = [word for one in wanted for word in ("--also", one)]
    found = also(evidens, trials, "--measure", "RR", *asked)
    for entry, (name, method) in zip(found, wanted.items(), strict=True):
        assert entry["analysis"] == name.partition(":")[0]
        assert entry["result"] == as_json(method.to_dict()), name
    printed = evidens("pool", trials, "--measure", "RR", *asked)[1]
    for method in wanted.values():
        assert f"\n\n{method.summary()}" in printed
    assert found[3]["options"] == {"by": "year", "decreasing": True}


def test_tables_are_left_out_and_added_one_by_one(evidens: Run, trials: str) -> None:
    labels = TRIALS["slab"]
    found = also(
        evidens,
        trials,
        "--method",
        "PETO",
        "--also",
        "leave-one-out",
        "--also",
        "cumulative:by=year",
    )
    # the command drops tables without events from Q alone, as rma.peto does, which is the default here too
    assert found[0]["result"] == as_json(
        leave_one_out_of_tables(peto_odds_ratio, COUNTS, labels=labels).to_dict()
    )
    assert found[1]["result"] == as_json(
        cumulative_tables(peto_odds_ratio, COUNTS, TRIALS["year"], labels=labels).to_dict()
    )


def test_odds_ratios_say_how_rare_the_outcome_is(evidens: Run, trials: str) -> None:
    (rare,) = also(evidens, trials, "--measure", "OR", "--also", "e-value:outcome=rare")
    result = pool(effect_sizes("OR", COUNTS))
    assert rare["result"]["e_value"] == e_value(result, outcome="rare").estimate


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("goshh", "--also: there is no 'goshh'. Use gosh."),
        ("xyzzy", f"--also: there is no 'xyzzy'. Use {', '.join(FURTHER)}."),
        (
            "gosh:subset=3",
            "--also: gosh has no option 'subset'. Its options are subsets=NUMBER, seed=",
        ),
        (
            "leave-one-out:by=year",
            "--also: leave-one-out has no option 'by'. Write leave-one-out alone.",
        ),
        (
            "gosh:subsets=many,seed=1",
            "--also: gosh:subsets is 'many', no number. Write subsets=NUMBER.",
        ),
        (
            "gosh:subsets=2.5,seed=1",
            "--also: gosh:subsets is '2.5', no number. Write subsets=NUMBER.",
        ),
        ("gosh:subsets=10", "seed: 10 of 63 subsets are drawn at random. Give a seed"),
        (
            "nnt",
            "--also: nnt needs events (what they are to those who have them). Write nnt:events=good|bad.",
        ),
        ("nnt:events=fine", "--also: nnt:events is 'fine'. Use good, bad."),
        ("nnt:events=bad", "baseline"),
        ("selection", "--also: selection needs alternative (which results are favoured"),
        (
            "selection:alternative=less,delta=half",
            "--also: selection:delta is 'half'. Write numbers parted by /, with - for those to be",
        ),
        ("cumulative:by=town", "t.csv:1: town: --also names this column, which the file lacks."),
        (
            "cumulative:by=year,decreasing=1",
            "--also: cumulative:decreasing takes no value. Write decreasing",
        ),
        ("permutation-test", "--also: permutation-test needs moderators to permute. Give --mods."),
        ("predict:at=1", "--also: predict needs moderators. Give --mods, without --cluster."),
        ("predict", "--also: predict needs at (values of the columns of the design matrix"),
        ("random-part:reduced=~ 1 | slab", "--also: random-part needs random terms. Give --random"),
        ("wild-bootstrap", "--also: wild-bootstrap needs clusters. Give --cluster COL."),
    ],
)
def test_what_cannot_be_done_is_refused(
    evidens: Run, trials: str, asked: str, message: str
) -> None:
    code, out, err = evidens("pool", trials, "--measure", "RR", "--also", asked)
    assert (code, out) == (1, "")
    assert message in err


@pytest.mark.parametrize(
    ("asked", "arguments", "message"),
    [
        ("gosh", ["--mods", "~ year"], "--also: gosh needs one pooled estimate. Leave out --mods"),
        (
            "influence",
            ["--subgroup", "year"],
            "--also: influence needs a pooled estimate or a regression.",
        ),
        ("fragility", ["--mods", "~ year"], "--also: fragility needs one pooled estimate."),
        ("e-value", ["--cluster", "slab"], "--also: e-value needs one pooled estimate."),
    ],
)
def test_what_the_result_cannot_start_is_refused(
    evidens: Run, trials: str, asked: str, arguments: list[str], message: str
) -> None:
    code, out, err = evidens("pool", trials, "--measure", "RR", *arguments, "--also", asked)
    assert (code, out) == (1, "")
    assert message in err


def test_the_list_has_every_analysis_and_option(evidens: Run) -> None:
    code, out, _ = evidens("analyses")
    assert code == 0
    for name, one in FURTHER.items():
        assert f"{name}: {one.what}\n" in out
        for option in one.options:
            assert f"    {option.form}  {option.help}" in out
    assert "    events=good|bad  what they are to those who have them (needed)\n" in out
    listed = json.loads(evidens("analyses", "--json")[1])
    assert listed["nnt"]["options"]["baseline"] == "the risk without treatment, for ratios"


def test_few_studies_have_the_panel_beside_them(evidens: Run, tmp_path: Path) -> None:
    rows = [",".join(map(str, row)) for row in zip(*COUNTS.values(), strict=True)]
    head = ",".join(COUNTS)

    def given(k: int) -> str:
        (tmp_path / f"{k}.csv").write_text("\n".join([head, *rows[:k]]) + "\n", encoding="utf-8")
        return f"{k}.csv"

    def found_by(*arguments: str) -> dict[str, Any]:
        code, out, err = evidens("pool", *arguments, "--json")
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    few = {name: cells[:5] for name, cells in COUNTS.items()}
    wanted = panel(effect_sizes("RR", few), level=0.9)
    posterior = bayes(effect_sizes("RR", few), level=0.9)
    assert found_by(given(5), "--measure", "RR", "--level", "0.9")["panel"] == as_json(
        wanted.to_dict()
    )
    printed = evidens("pool", "5.csv", "--measure", "RR", "--level", "0.9")[1]
    assert printed.endswith(f"\n\n{wanted.summary()}\n\n{posterior.short_summary()}\n")
    at_log_2 = found_by("5.csv", "--measure", "RR", "--also", "panel:threshold=-0.7")
    assert "panel" not in at_log_2
    assert at_log_2["also"][0]["result"]["threshold"] == -0.7
    asked = found_by("5.csv", "--measure", "RR", "--also", "bayes:prior=half-t:0.5,4,mu=normal:0,1")
    chosen = bayes(effect_sizes("RR", few), prior="half-t:0.5,4", mu="normal:0,1")
    assert asked["also"][0]["result"] == as_json(chosen.to_dict())
    for arguments in (
        (given(6), "--measure", "RR"),
        (given(1), "--measure", "RR"),
        ("5.csv", "--measure", "RR", "--method", "EE"),
        ("5.csv", "--measure", "RR", "--tau2", "0.1"),
        ("5.csv", "--measure", "RR", "--method", "MH"),
    ):
        assert "panel" not in found_by(*arguments)
    (tmp_path / "given.csv").write_text("yi,vi\n0.1,0.2\n0.3,0.1\n", encoding="utf-8")
    plain = found_by("given.csv")["panel"]
    assert plain["bayes"] is None
    assert plain["notes"][-1]["code"] == "no-bayesian-analysis"
    assert "GEN has no default prior of tau" in evidens("pool", "given.csv")[1].splitlines()[-1]


BCG = Path(__file__).parents[2] / "docs" / "examples" / "bcg.csv"


def test_small_study_effects_are_what_the_methods_give(evidens: Run) -> None:
    with BCG.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: [float(row[name]) for row in rows] for name in COUNTS}
    labels = [row["study"] for row in rows]
    result = pool(effect_sizes("RR", columns, labels=labels))
    wanted: dict[str, Finding] = {
        "egger": regression_test(result),
        "egger:model=lm,predictor=ninv": regression_test(result, model="lm", predictor="ninv"),
        "peters": peters_test(columns, labels=labels),
        "harbord": harbord_test(columns, labels=labels),
        "macaskill": macaskill_test(columns, labels=labels),
        "arcsine:model=rma": arcsine_test(columns, labels=labels, model="rma"),
        "rank-test:anyway": rank_test(result.effects, anyway=True),
        "trim-and-fill:estimator=R0,side=right,anyway": trim_and_fill(
            result, estimator="R0", side="right", anyway=True
        ),
        "pet-peese:model=rma,anyway": pet_peese(result, model="rma", anyway=True),
        "limit:adjustment=mulim,anyway": limit_meta_analysis(
            result, adjustment="mulim", anyway=True
        ),
        "excess-significance:test=chi2,anyway": excess_significance(
            result, test="chi2", anyway=True
        ),
        "rosenthal:alpha=0.01": rosenthal(result.effects, alpha=0.01),
        "rosenberg": rosenberg(result.effects),
        "orwin:target=-0.1,weighted": orwin(result.effects, target=-0.1, weighted=True),
        "bayes:prior=uniform:2,threshold=-0.5,level=0.8": bayes(
            result.effects, prior="uniform:2", threshold=-0.5, level=0.8
        ),
        "selection:alternative=less,kind=stepfun,steps=0.05/0.5": selection_model(
            result, "stepfun", alternative="less", steps=(0.05, 0.5)
        ),
        "selection:alternative=less,kind=stepfun,steps=0.05/0.5/1,delta=1/0.8/-": selection_model(
            result, "stepfun", alternative="less", steps=(0.05, 0.5, 1), delta=[1, 0.8, None]
        ),
        "selection:alternative=less,kind=stepfun,delta=severe-one-tailed": selection_model(
            result, "stepfun", alternative="less", delta="severe-one-tailed"
        ),
        "vevea-woods:alternative=less": selection_sensitivity(result, alternative="less"),
        "funnel:axis=ninv,contours=0.9/0.99": funnel(result, axis="ninv", contours=(0.9, 0.99)),
        "radial": radial(result),
    }
    asked = [word for one in wanted for word in ("--also", one)]
    found = also(evidens, str(BCG), "--measure", "RR", *asked)
    for entry, (name, method) in zip(found, wanted.items(), strict=True):
        assert entry["result"] == as_json(method.to_dict()), name


def test_counts_as_they_are_beside_the_pooled_odds_ratio(evidens: Run) -> None:
    arguments = (str(BCG), "--measure", "OR", "--also", "mixed-model:model=CM.EL")
    (found,) = also(evidens, *arguments)
    # metafor 3.8-1, rma.glmm(measure="OR", model="CM.EL") of dat.bcg, as in bcg-glmm-or-cmel
    assert found["result"]["estimate"] == pytest.approx(-0.753807, abs=1e-5)
    assert found["result"]["method"] == "CM.EL"
    code, out, err = evidens("pool", str(BCG), "--measure", "RR", "--also", "mixed-model")
    assert (code, out) == (1, "")
    assert "there is no generalised linear mixed model for RR" in err


def test_what_a_regression_predicts(evidens: Run, trials: str) -> None:
    result = regress(effect_sizes("RR", COUNTS), "~ year", {"year": TRIALS["year"]})
    (wanted,) = predict(result, [[1970.0]])
    arguments = (trials, "--measure", "RR", "--mods", "~ year", "--also", "predict:at=1970")
    (found,) = also(evidens, *arguments)
    assert found["result"]["at"] == {"year": 1970.0}
    assert {name: found["result"][name] for name in wanted.to_dict()} == wanted.to_dict()
    assert found["result"]["natural"]["estimate"] == pytest.approx(math.exp(wanted.estimate))
    printed = evidens("pool", *arguments)[1]
    assert f"\nPredicted effect at year = 1970: {wanted.estimate:.4f} 95% [" in printed
    code, _, err = evidens("pool", *arguments[:-1], "predict:at=1/2")
    assert code == 1
    assert "row 1 is [1.0, 2.0]. Give one number each for year." in err


def test_a_method_that_would_mislead_is_refused_until_it_is_asked_for_anyway(
    evidens: Run, trials: str
) -> None:
    code, out, err = evidens("pool", trials, "--measure", "RR", "--also", "egger")
    assert (code, out) == (1, "")
    assert "6 studies, and fewer than 10 cannot tell chance from asymmetry" in err
    assert "Or take it all the same (option anyway), and the result says this." in err
    (found,) = also(evidens, trials, "--measure", "RR", "--also", "egger:anyway")
    assert "few-studies" in {note["code"] for note in found["result"]["notes"]}


def test_sizes_of_given_estimates_come_from_a_column(evidens: Run, tmp_path: Path) -> None:
    rows = [(0.1 * i, 1 / (20 + 9 * i * i), 80 + 30 * i) for i in range(12)]
    text = "yi,vi,ni\n" + "".join(f"{y:.2f},{v:.6f},{n}\n" for y, v, n in rows)
    (tmp_path / "g.csv").write_text(text, encoding="utf-8")
    (found,) = also(evidens, "g.csv", "--also", "egger:predictor=ni,anyway")
    effects = effect_sizes(
        "GEN",
        {"yi": [round(y, 2) for y, _, _ in rows], "vi": [float(f"{v:.6f}") for _, v, _ in rows]},
    )
    sized = replace(effects, ni=np.array([float(n) for _, _, n in rows]))
    wanted = regression_test(pool(sized), predictor="ni", anyway=True)
    assert found["result"] == as_json(wanted.to_dict())
    code, _, err = evidens("pool", "g.csv", "--also", "debray:events=ni,anyway")
    assert code == 0, err
