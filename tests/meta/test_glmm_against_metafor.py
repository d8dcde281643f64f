"""Generalised linear mixed models, field by field, against R 4.2.2 with metafor 3.8-1 and lme4 1.1-31.

lme4 searches without derivatives and takes standard errors from finite differences, and metafor does so for
CM.EL of odds ratios. `test_glmm_likelihood.py` shows by other means that the digits in which they differ are
ours.
"""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from meta.effects.measures import to_natural
from meta.glmm.analysis import glmm
from meta.glmm.results import GlmmAnalysis

FOLDER = Path(__file__).parents[1] / "reference"
CASES = {path.stem: path for path in sorted((FOLDER / "glmm").glob("*.json"))}

# What no search is behind: saturated models and those without random effects; worst seen 3e-10.
CLOSED = {"rel_tol": 2e-9, "abs_tol": 1e-11}
# Estimates: a search that stops where the likelihood is flat to its last digits; worst seen 2.9e-6.
SEARCHED = {"rel_tol": 5e-6, "abs_tol": 1e-7}
# Standard errors and all that rests on them: finite differences; worst seen 4.3e-5.
DIFFERENCED = {"rel_tol": 6e-5, "abs_tol": 1e-7}
# The same for cases whose lme4 was asked for fewer digits, because it reaches no more; worst seen 8.5e-5, and
# random effects off by 3e-5.
SEARCHED_LESS = {"rel_tol": 1e-4, "abs_tol": 5e-5}
DIFFERENCED_LESS = {"rel_tol": 1e-4, "abs_tol": 2e-4}
# A variance so small, or so few events, that lme4's differences have lost digits; worst seen 0.35 %.
FLAT = ("lme4-bcg-or-umrs-mods", "lme4-placebo-plo-laplace")
DIFFERENCED_FLAT = {"rel_tol": 5e-3, "abs_tol": 1e-3}
# A log-likelihood at a point that is off by so little is off by its square.
HEIGHT = {"rel_tol": 1e-9, "abs_tol": 1e-8}
HEIGHT_LESS = {"rel_tol": 1e-7, "abs_tol": 0.0}
# R's glm takes the variances one step of its iteration before the estimates; worst seen 3.4e-8.
WALD = {"rel_tol": 1e-7, "abs_tol": 0.0}
# A p-value has the relative error of its statistic z times z squared; 144 for the farthest.
TAIL = {"rel_tol": 1e-2, "abs_tol": 0.0}

CLOSED_FIELDS = ("k", "QE_df", "QM_df", "QE_LRT", "QEp_LRT", "QE_Wld", "QEp_Wld", "df")
HEIGHTS = ("ll_ML", "AIC_ML", "BIC_ML")
SEARCHED_FIELDS = ("beta", "tau2", "sigma2", "rho", "I2", "H2", "random_effects")


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def fitted(case: dict[str, Any]) -> GlmmAnalysis:
    options, columns = case["options"], case["columns"]
    model, estimator = options.get("model"), "ML" if options.get("method", "ML") == "ML" else "EE"
    exact = options["measure"] == "OR" and model == "CM.EL"
    nodes = options.get("nAGQ")
    return glmm(
        options["measure"],
        columns,
        model=model,
        estimator=estimator,
        test=options.get("test", "z"),
        level=options.get("level", 95) / 100,
        # metafor integrates the noncentral hypergeometric adaptively, and UM.RS by Laplace whatever is asked
        nodes=None if exact or (model == "UM.RS" and estimator == "ML") else nodes,
        coding=options.get("coding", 0.5),
        correlated=options.get("cor", False),
        drop00=options.get("drop00", True),
        labels=columns.get("slab"),
        mods=options.get("mods"),
        moderators={name: columns[name] for name in ("ablat", "year") if name in columns},
    )


def fields(result: GlmmAnalysis) -> dict[str, Any]:
    ratio, wald, omnibus, pi = (
        result.likelihood_ratio,
        result.wald,
        result.omnibus,
        result.prediction,
    )
    assert ratio is not None
    # the effect of a study less what its moderators say
    random = (
        None
        if result.conditional is None
        else [
            one - fit.estimate for one, fit in zip(result.conditional, result.fitted, strict=True)
        ]
    )
    coefficients = result.coefficients
    return {
        "k": result.k,
        "p": len(coefficients),
        "coef_names": [one.name for one in coefficients],
        "beta": [one.estimate for one in coefficients],
        "se": [one.se for one in coefficients],
        "stat": [one.statistic for one in coefficients],
        "df": coefficients[0].df,
        "pval": [one.pvalue for one in coefficients],
        "ci_lb": [one.ci.low for one in coefficients],
        "ci_ub": [one.ci.high for one in coefficients],
        "tau2": result.tau2,
        "sigma2": result.sigma2,
        "rho": result.rho,
        "I2": result.i2,
        "H2": result.h2,
        "QE_LRT": ratio.statistic,
        "QEp_LRT": ratio.pvalue,
        "QE_df": ratio.df,
        "QE_Wld": wald and wald.statistic,
        "QEp_Wld": wald and wald.pvalue,
        "QM": omnibus and omnibus.statistic,
        "QM_df": omnibus and omnibus.df,
        "QMp": omnibus and omnibus.pvalue,
        "ll_ML": result.fit.log_likelihood,
        "AIC_ML": result.fit.aic,
        "BIC_ML": result.fit.bic,
        "pi_lb": pi and pi.low,
        "pi_ub": pi and pi.high,
        "random_effects": random,
    }


def tolerance(case: dict[str, Any], field: str) -> dict[str, float]:
    less = case["id"].startswith("lme4-")
    if field in ("pval", "QMp"):
        return TAIL
    if field in HEIGHTS:
        return HEIGHT_LESS if less else HEIGHT
    if field in ("QE_Wld", "QEp_Wld"):
        return WALD
    if field in CLOSED_FIELDS and not (field == "QE_LRT" and less):
        return CLOSED
    if field in (*SEARCHED_FIELDS, "QE_LRT"):
        return SEARCHED_LESS if less else SEARCHED
    if case["id"] in FLAT:
        return DIFFERENCED_FLAT
    return DIFFERENCED_LESS if less else DIFFERENCED


def agree(case: dict[str, Any], field: str, found: Any, wanted: Any) -> None:
    assert found is not None, field
    ours, theirs = (one if isinstance(one, list) else [one] for one in (found, wanted))
    assert len(ours) == len(theirs), field
    for mine, other in zip(ours, theirs, strict=True):
        if isinstance(other, str):
            assert mine == other, field
        else:
            close = math.isclose(mine, other, **tolerance(case, field))
            assert close, f"{field}: {mine!r}, metafor {other!r}"


@pytest.mark.parametrize("name", CASES)
def test_glmm(name: str) -> None:
    case = load(name)
    wanted = dict(case["expected"])
    result = fitted(case)
    found = fields(result)
    if result.options.coding == 0 and "random_effects" in wanted:
        # lme4's random effect is on group 2, and the effect is that of group 1
        wanted["random_effects"] = [-one for one in wanted["random_effects"]]
    if result.rho is not None and "rho" in wanted:
        if result.options.coding == 0:
            wanted["rho"] = -wanted["rho"]
        if "AIC_ML" in wanted:
            # metafor does not count the correlation among the parameters
            wanted["AIC_ML"] += 2
            wanted["BIC_ML"] += math.log(2 * result.k)
    natural = wanted.pop("transformed", {})
    for field, value in wanted.items():
        agree(case, field, found[field], value)
    if "ll_ML" in wanted:
        # a maximum is where no other program's parameters give more
        assert result.fit.log_likelihood > wanted["ll_ML"] - 1e-10 * abs(wanted["ll_ML"])
    own = result.natural
    pairs = {"est": "estimate", "ci_lb": "ci_low", "ci_ub": "ci_high"}
    for theirs, ours in (pairs | {"pi_lb": "pi_low", "pi_ub": "pi_high"}).items():
        if theirs in natural:
            agree(case, "natural", own[ours], natural[theirs])
            if theirs == "est":
                assert own[ours] == to_natural(result.measure, result.coefficients[0].estimate)


def test_no_case_of_this_kind_is_left_out() -> None:
    anywhere = {
        path.stem
        for path in FOLDER.rglob("*.json")
        if json.loads(path.read_text(encoding="utf-8")).get("kind") == "glmm"
    }
    assert set(CASES) == anywhere
    assert all(load(name)["id"] == name for name in CASES)
    ours = {name for name in CASES if name.startswith("lme4-")}
    assert (len(CASES) - len(ours), len(ours)) == (16, 21)
