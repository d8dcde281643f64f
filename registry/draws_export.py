"""Draws exports: joint draws of a synthesis's effects as CSV and Parquet, with how they were made as JSON.

Every outcome has the draws of one effect, its relative one where the plan asks for several, since a risk
difference follows in every row. The JSON beside the tables has seed, generator, correlations, what was out
of range and the hashes of both tables; Parquet has the same in its footer.
"""

import hashlib
import json
import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meta.bayes.analysis import bayes
from meta.choices.baseline_risk import (
    BaselineRisk,
    LogitNormalRisk,
    baseline_of_studies,
    baseline_risk,
)
from meta.choices.draws import COLUMNS, JointDraws, StatedAmount, joint_draws
from meta.choices.printed import floats
from meta.effects.effect_sizes import effect_sizes
from meta.faults import fault
from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.csv_text import Dialect, written

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
MOST = 1_000_000
RELATIVE = ("RR", "OR")
AMOUNTS = {"weeks": "weeks-worked", "hours": "hours-worked"}
"""The outcomes whose differences can be drawn beside an effect, by the names of their columns."""

TABLE = ("draw", *COLUMNS, "outside")
"""Columns of the tables; weeks and hours are empty where no uncertainty is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsAsked:
    """How a user wants draws to be made.

    Parameters
    ----------
    seed : int or None
        Needed: without one nothing is drawn.
    n : int
        1 to 1,000,000.
    prior : str or None
        Of tau, as `meta.bayes.analysis.bayes` takes it.
    baseline, baseline_source : str or None
        As `meta.choices.baseline_risk.baseline_risk` takes them; by default what the comparator arms say.
    correlations : sequence of str
        ``mu:baseline=-0.3``.
    errors : sequence of str
        Stated standard errors of mean differences, ``weeks=2.5``.
    errors_source : str or None
        Where they are from.
    """

    seed: int | None = None
    n: int = 10_000
    prior: str | None = None
    baseline: str | None = None
    baseline_source: str | None = None
    correlations: Sequence[str] = ()
    errors: Sequence[str] = ()
    errors_source: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeDraws:
    """The joint draws of an outcome's effect."""

    outcome: str
    joint: JointDraws


def effect_of(outcome: OutcomeAnalysis) -> PooledEnvelope | None:
    """Return the effect that absolute effects and draws are made of: the relative one, or the first."""
    relative = (one for one in outcome.pooled if one.measure in RELATIVE)
    return next(relative, next(iter(outcome.pooled), None))


def study_baseline(outcome: OutcomeAnalysis, pooled: PooledEnvelope) -> LogitNormalRisk:
    """Return the baseline in a next site: about the share that the next site's estimate is put at.

    That share is the plan's, or the unweighted mean of the comparator arms. How far one site may lie from it
    is what the comparator arms behind the pooled effect say of a next site's logit; where the share is none
    or all of the people, their prediction stands alone.
    """
    tables, labels = pooled.shown_tables, [one.label for one in pooled.counts]
    arms = effect_sizes(
        "PLO",
        {"xi": [float(one.ci) for one in tables], "ni": [float(one.n2i) for one in tables]},
        labels=labels,
    )
    groups = f"comparator arms of {', '.join(labels)}"
    predicted = baseline_of_studies(
        arms,
        f"{groups}: {outcome.outcome} on the synthesis's horizon, predicted for a next site",
    )
    stated = pooled.next_site.baseline
    if stated is None:
        return predicted
    share = float(stated.percent) / 100
    if stated.source is None:
        source = f"unweighted mean: {outcome.outcome} on the synthesis's horizon"
    else:
        source = f"the plan, after {stated.source.report}, {stated.source.where}"
    return LogitNormalRisk(
        mean_logit=math.log(share / (1 - share)),
        sd_logit=predicted.sd_logit,
        source=f"{source}; how far a next site may lie from it: as the {groups}",
    )


def draws_of(analysis: Analysis, asked: DrawsAsked) -> list[OutcomeDraws]:
    """Draw from every pooled outcome of a synthesis.

    Parameters
    ----------
    analysis : Analysis
    asked : DrawsAsked

    Returns
    -------
    list of OutcomeDraws
        In the order of the plan.

    Raises
    ------
    InputError
        Nothing is pooled, no seed is given, more than 1,000,000 draws, one baseline for several outcomes,
        a standard error of an outcome that the synthesis has not, and what `joint_draws` refuses.
    """
    pooled = [(one, effect) for one in analysis.outcomes if (effect := effect_of(one))]
    if not pooled:
        raise fault(
            f"{analysis.synthesis} pools no effect, so there is nothing to draw",
            "Ask for effects of a binary outcome in the plan.",
        )
    if asked.seed is None:
        raise fault(
            "draws have no seed",
            "Give one, e.g. --seed 20260601; the same one gives the same draws again.",
            field="seed",
        )
    if asked.n > MOST:
        raise fault(f"n is {asked.n}", f"Ask for {MOST} draws or fewer.", field="n")
    given = None
    if asked.baseline is not None:
        if len(pooled) > 1:
            raise fault(
                f"one baseline is given for {', '.join(one.outcome for one, _ in pooled)}",
                "A baseline is of one outcome; leave it out, or use joint_draws in Python.",
                field="baseline",
            )
        given = baseline_risk(asked.baseline, asked.baseline_source)
    amounts = _amounts(analysis, asked)
    correlation = _correlations(asked.correlations)
    found = []
    for outcome, effect in pooled:
        baseline: BaselineRisk = given or study_baseline(outcome, effect)
        joint = joint_draws(
            bayes(effect.shown.effects, prior=asked.prior),
            baseline=baseline,
            n=asked.n,
            seed=asked.seed,
            correlation=correlation,
            amounts=amounts,
        )
        found.append(OutcomeDraws(outcome.outcome, joint))
    return found


def draws_files(
    analysis: Analysis, content: Mapping[str, Any], asked: DrawsAsked, into: Dialect
) -> dict[str, bytes]:
    """Return the files of a synthesis's draws: a CSV table, a Parquet table and a JSON document an outcome.

    Parameters
    ----------
    analysis : Analysis
    content : mapping
        The synthesis's document, whose hash the draws name.
    asked : DrawsAsked
    into : Dialect
        Of the CSV table.

    Returns
    -------
    dict of str to bytes
        By the name of the file.
    """
    files: dict[str, bytes] = {}
    for one in draws_of(analysis, asked):
        stem = f"{analysis.synthesis}.{one.outcome}.draws"
        about = {
            "schema_version": SCHEMA_VERSION,
            **{key: content["synthesis"][key] for key in ("id", "version", "content_sha256")},
            "outcome": one.outcome,
            "horizon_months": float(analysis.horizon),
            **one.joint.to_dict(),
        }
        tables = {
            f"{stem}.csv": draws_csv(one.joint, into),
            f"{stem}.parquet": draws_parquet(one.joint, about),
        }
        about["files"] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            for name, data in tables.items()
        }
        files |= tables
        files[f"{stem}.json"] = _json(about).encode()
    return files


def draws_csv(joint: JointDraws, into: Dialect) -> bytes:
    """Return draws as CSV with the columns `TABLE`, floats to their last digit."""
    n = joint.n
    nothing: list[None] = [None] * n
    cells: list[Iterable[object]] = [range(1, n + 1)]
    cells += [
        joint.columns[name].tolist() if name in joint.columns else nothing for name in COLUMNS
    ]
    cells.append(joint.outside.tolist())
    return written(TABLE, zip(*cells, strict=True), into)


def draws_parquet(joint: JointDraws, about: Mapping[str, Any]) -> bytes:
    """Return draws as Parquet with the columns `TABLE`, and how they were made in the footer.

    Not compressed, since random digits are not: so the bytes do not depend on a compressor's version. The
    footer's key ``evidens`` has ``about`` as JSON.
    """
    return frame_parquet(draws_frame(joint), about)


def draws_frame(joint: JointDraws) -> "pd.DataFrame":
    """Return draws as a data frame with the columns `TABLE`."""
    import pandas as pd

    empty = pd.array([None] * joint.n, dtype="Float64")
    return pd.DataFrame(
        {
            "draw": range(1, joint.n + 1),
            **{name: joint.columns.get(name, empty) for name in COLUMNS},
            "outside": joint.outside,
        }
    )


def frame_parquet(frame: "pd.DataFrame", about: Mapping[str, Any]) -> bytes:
    """Return a data frame as Parquet, not compressed, with ``about`` as JSON in the footer."""
    import fastparquet

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "draws.parquet"
        fastparquet.write(
            str(file),
            frame,
            compression=None,
            write_index=False,
            stats=False,
            custom_metadata={"evidens": _json(about)},
        )
        return file.read_bytes()


def _amounts(analysis: Analysis, asked: DrawsAsked) -> dict[str, StatedAmount]:
    """Put stated standard errors to the synthesis's own mean differences."""
    found: dict[str, StatedAmount] = {}
    means = {one.outcome: one.means for one in analysis.outcomes}
    for text in asked.errors:
        name, value = _pair(text, "se", "weeks=2.5 or hours=90")
        if name not in AMOUNTS or AMOUNTS[name] not in means:
            has = ", ".join(key for key, outcome in AMOUNTS.items() if outcome in means) or "none"
            raise fault(
                f"{analysis.synthesis} has no amount {name!r} to draw",
                f"It has: {has}.",
                field="se",
            )
        mean = floats(means[AMOUNTS[name]].difference)[0]
        assert mean is not None
        found[name] = StatedAmount(mean=mean, se=value, source=asked.errors_source or "")
    return found


def _correlations(texts: Sequence[str]) -> dict[tuple[str, str], float]:
    found = {}
    for text in texts:
        names, value = _pair(text, "correlation", "mu:baseline=-0.3")
        one, _, other = names.partition(":")
        if (one, other) in found:
            raise fault(
                f"the correlation of {one} and {other} is given twice",
                "Give it once.",
                field="correlation",
            )
        found[one, other] = value
    return found


def _pair(text: str, field: str, example: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise fault(f"{text!r} has no number", f"Write {example}.", field=field) from None


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
