"""A release's draws: joint draws of its effects, made from the numbers that are frozen in it.

Estimates, variances and the baseline risk are read from the release, not computed again, so that the draws
belong to the released estimate whichever version of the program makes them. The same release, number of
draws and seed give the same rows as `registry.draws_export.draws_of` gives of the synthesis.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meta.bayes.analysis import bayes
from meta.choices.baseline_risk import baseline_risk
from meta.choices.draws import JointDraws, joint_draws
from meta.effects.measures import Measure
from meta.faults import fault
from meta.models.results import EffectSizes
from registry.draws_export import MOST, draws_frame, frame_parquet

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
USUAL_SEED = 2026
USUAL_NUMBER = 10_000


@dataclass(frozen=True, slots=True)
class ReleaseDraws:
    """The joint draws of one released effect.

    Parameters
    ----------
    release, sha256 : str
        Name and id of the release.
    outcome : str
    joint : JointDraws
        ``columns`` has the arrays, ``outside`` the mark of shares that are none.
    """

    release: str
    sha256: str
    outcome: str
    joint: JointDraws

    @property
    def columns(self) -> Mapping[str, Any]:
        """The drawn columns by name, each an array of length n."""
        return self.joint.columns

    def to_frame(self) -> "pd.DataFrame":
        """Return the draws as a data frame, one row a possible world; the columns of the draws export."""
        return draws_frame(self.joint)

    def to_dict(self) -> dict[str, Any]:
        """Return how the draws were made and what they show, in plain types, without the draws."""
        return {
            "schema_version": SCHEMA_VERSION,
            "release": self.release,
            "sha256": self.sha256,
            "outcome": self.outcome,
            **self.joint.to_dict(),
        }


def release_draws(document: Mapping[str, Any], n: int, seed: int) -> list[ReleaseDraws]:
    """Draw from every pooled outcome of a release.

    Parameters
    ----------
    document : mapping
        A whole release.
    n : int
        1 to 1,000,000.
    seed : int
        0 or above; the same one gives the same draws again.

    Returns
    -------
    list of ReleaseDraws
        In the order of the plan. The streams of two outcomes are the same, so that rows of one number in
        both do not belong to one possible world.

    Raises
    ------
    InputError
        The release pools no effect, more draws than that, and what `joint_draws` refuses.
    """
    if n > MOST:
        raise fault(f"n is {n}", f"Ask for {MOST} draws or fewer.", field="n")
    estimate = document["estimate"]
    fits = {(one["outcome"], one["fit"]["measure"]): one for one in estimate["pooled"]}
    labels = {one["id"]: one["label"] for one in estimate["studies"]}
    found = []
    for case in estimate["business_case"]:
        pooled = fits.get((case["outcome"], case["mean_effect"]["measure"]))
        if pooled is not None:
            joint = joint_draws(
                bayes(_effects(pooled, labels)),
                baseline=baseline_risk(
                    case["baseline"]["distribution"], case["baseline"]["source"]
                ),
                n=n,
                seed=seed,
            )
            found.append(ReleaseDraws(document["name"], document["sha256"], case["outcome"], joint))
    if not found:
        raise fault(
            f"{document['name']} pools no effect, so there is nothing to draw",
            "Take a release of a synthesis that pools a share of people.",
        )
    return found


def draws_document(found: list[ReleaseDraws]) -> dict[str, Any]:
    """Return how the draws of a release were made, outcome by outcome."""
    first = found[0]
    return {
        "schema_version": SCHEMA_VERSION,
        "release": first.release,
        "sha256": first.sha256,
        "n": first.joint.n,
        "seed": first.joint.seed,
        "outcomes": {one.outcome: one.joint.to_dict() for one in found},
    }


def release_draws_parquet(found: list[ReleaseDraws]) -> bytes:
    """Return the draws of a release as one Parquet table: ``outcome``, then the columns of the draws export.

    The footer's key ``evidens`` has `draws_document` as JSON.
    """
    import pandas as pd

    frames = []
    for one in found:
        frame = one.to_frame()
        frame.insert(0, "outcome", one.outcome)
        frames.append(frame)
    return frame_parquet(pd.concat(frames, ignore_index=True), draws_document(found))


def _effects(pooled: Mapping[str, Any], labels: Mapping[str, str]) -> EffectSizes:
    """Return the estimates that a released fit pooled."""
    studies = pooled["fit"]["studies"]
    people = {
        labels[one["study"]]: one["shown"]["n1i"] + one["shown"]["n2i"] for one in pooled["counts"]
    }
    return EffectSizes(
        measure=Measure(pooled["fit"]["measure"]),
        labels=tuple(one["label"] for one in studies),
        yi=np.array([one["yi"] for one in studies]),
        vi=np.array([one["vi"] for one in studies]),
        ni=np.array([float(people[one["label"]]) for one in studies]),
    )
