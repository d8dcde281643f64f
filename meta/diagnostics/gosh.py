"""GOSH: the pooled estimate and its heterogeneity in all subsets of the studies, or in many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meta.diagnostics.subsets import all_subsets
from meta.effects.measures import MEASURES, FloatArray, Measure
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, MetaAnalysis, Note, Options
from meta.models.text_tables import fixed, listed, table

if TYPE_CHECKING:
    import pandas as pd

MOST_STUDIES = 20  # of which all subsets, a million, are fitted unasked
METHODS = ("EE", "DL", "ML", "REML")
CHUNK = 1 << 16  # subsets that are fitted at a time
QUANTILES = {"min": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "max": 1.0}

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gosh:
    """Analyses of subsets of the studies; arrays of length n.

    Parameters
    ----------
    measure : Measure
    options : Options
        Of the analysis of all studies.
    labels : tuple of str
        All studies, length k.
    estimate : ndarray
        On the scale of the analysis.
    q : ndarray
        Cochran's Q; nan for one study.
    tau2 : ndarray or None
        nan for one study; None for a common effect.
    members : ndarray of bool, shape (n, k), or None
        Which studies each subset has; None where they are all subsets in the order of binary numbers, the
        first study being the lowest bit, from 1.
    seed : int or None
        With which the subsets were drawn; None where they are all.
    notes : tuple of Note
    i2_by_tau2 : ndarray or None
        I2 from tau2, in percent; None where I2 is from Q.
    """

    measure: Measure
    options: Options
    labels: tuple[str, ...]
    estimate: FloatArray
    q: FloatArray
    tau2: FloatArray | None
    members: BoolArray | None
    seed: int | None
    notes: tuple[Note, ...]
    i2_by_tau2: FloatArray | None

    @property
    def n(self) -> int:
        """Number of subsets."""
        return len(self.estimate)

    @property
    def k(self) -> IntArray:
        """How many studies each subset has."""
        if self.members is None:
            counts: IntArray = np.bitwise_count(np.arange(1, self.n + 1)).astype(np.intp)
            return counts
        return np.asarray(self.members.sum(axis=1))

    @property
    def i2(self) -> FloatArray:
        """I2 in percent by the definition of the analysis; nan for one study."""
        if self.i2_by_tau2 is not None:
            return self.i2_by_tau2
        df = self.k - 1.0
        return np.asarray(100 * np.maximum(self.q - df, 0.0) / np.maximum(self.q, df))

    @property
    def h2(self) -> FloatArray:
        """H2 by the definition of the analysis; nan for one study."""
        if self.i2_by_tau2 is not None:
            return np.asarray(100 / (100 - self.i2_by_tau2))
        df = self.k - 1.0
        return np.asarray(self.q / np.where(df > 0, df, np.nan))

    def contains(self, study: int) -> BoolArray:
        """Tell which subsets have a study, by its place from 0: the colours of the figure."""
        if not 0 <= study < len(self.labels):
            raise fault(
                f"there is no study {study}", f"Give a place from 0 to {len(self.labels) - 1}."
            )
        if self.members is not None:
            return np.asarray(self.members[:, study])
        return np.asarray(np.arange(1, self.n + 1) >> study & 1, dtype=bool)

    @property
    def quantiles(self) -> Mapping[str, Mapping[str, float | None]]:
        """Mean, extremes and quartiles of each number over the subsets where it is defined."""
        columns = {"k": self.k.astype(np.float64), "q": self.q, "i2": self.i2, "h2": self.h2}
        if self.tau2 is not None:
            columns["tau2"] = self.tau2
        return {
            name: _spread(column)
            for name, column in (columns | {"estimate": self.estimate}).items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Return what the subsets have in common, in plain types; the subsets are in the arrays."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.measure),
            "scale": MEASURES[self.measure].scale,
            "method": self.options.method,
            "subsets": self.n,
            "all": self.members is None,
            "seed": self.seed,
            "quantiles": {name: dict(one) for name, one in self.quantiles.items()},
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per subset: ``k, q, i2, h2, tau2, estimate``; tau2 not for a common effect."""
        import pandas as pd

        tau2 = {} if self.tau2 is None else {"tau2": self.tau2}
        columns = {"k": self.k, "q": self.q, "i2": self.i2, "h2": self.h2}
        return pd.DataFrame(columns | tau2 | {"estimate": self.estimate})

    def summary(self) -> str:
        """Return mean, extremes and quartiles as plain text, in the order in which metafor prints them."""
        heads = {"q": "Q", "i2": "I2", "h2": "H2"}
        names = ("mean", *QUANTILES)
        which = "all there are" if self.members is None else f"drawn with seed {self.seed}"
        rows = [
            ["", *names],
            *(
                [heads.get(name, name), *(fixed(one[which_one]) for which_one in names)]
                for name, one in self.quantiles.items()
            ),
        ]
        facts = MEASURES[self.measure]
        blocks = [
            [
                f"GOSH: {self.n:,} subsets of {len(self.labels)} studies, {which}",
                f"Measure: {self.measure} ({facts.analysis_title}), method: {self.options.method}",
            ],
            table(rows, words=1),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def gosh(result: MetaAnalysis, *, subsets: int | None = None, seed: int | None = None) -> Gosh:
    """Pool all subsets of the studies, or many drawn at random.

    Parameters
    ----------
    result : MetaAnalysis
        By EE, DL, ML or REML with inverse-variance weights, of two studies or more; its method is that of
        every fit.
    subsets : int, optional
        How many to draw, with replacement, from those of two studies or more, all with the same
        probability. By default, and where there are no more than this, all are taken, those of one study
        among them.
    seed : int, optional
        Needed where subsets are drawn; the same seed gives the same subsets.

    Returns
    -------
    Gosh
        Heterogeneity is not defined for a subset of one.

    Raises
    ------
    InputError
        For one study, another method or other weights, a number of subsets below 1, a seed that is missing
        where one is needed, and too many studies for all subsets.
    ConvergenceError
        If a fit does not converge; no unfinished value is ever returned.

    References
    ----------
    Olkin, Dahabreh and Trikalinos (2012). doi:10.1002/jrsm.1053

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.0, 4.0, 2.0], "vi": [1.0, 1.0, 1.0]})
    >>> gosh(pool(effects, method="EE", test="z")).estimate.round(12).tolist()
    [0.0, 4.0, 2.0, 2.0, 1.0, 3.0, 2.0]
    """
    effects, options, k = result.effects, result.options, result.effects.k
    _refuse(result, subsets)
    take_all = subsets is None or (k < 63 and subsets >= 2**k - 1)
    if take_all and k > MOST_STUDIES and subsets is None:
        raise fault(
            f"{k} studies have {2**k - 1:,} subsets",
            "Give the number of subsets to draw, such as 100000, and a seed.",
            field="subsets",
        )
    if not take_all and seed is None:
        raise fault(
            f"{subsets:,} of {2**k - 1:,} subsets are drawn at random",
            "Give a seed, so that they can be drawn again.",
            field="seed",
        )
    members, several = None, 0
    tau2 = i2 = None
    if take_all and options.method == "EE":
        estimate, q = all_subsets(effects.yi, effects.vi)
        q[(1 << np.arange(k)) - 1] = np.nan
    else:
        if not take_all:
            members = _drawn(int(subsets or 0), k, np.random.default_rng(seed))
        n = 2**k - 1 if members is None else len(members)
        estimate, q, tau2, i2 = np.full((4, n), np.nan)
        for start in range(0, n, CHUNK):
            some = slice(start, min(n, start + CHUNK))
            own = _binary(some, k) if members is None else members[some]
            several += _pool(result, own, [one[some] for one in (estimate, q, tau2, i2)])
    by_tau2 = options.method != "EE" and options.i2 == "tau2"
    return Gosh(
        measure=effects.measure,
        options=options,
        labels=effects.labels,
        estimate=estimate,
        q=q,
        tau2=None if options.method == "EE" else tau2,
        members=members,
        seed=None if take_all else seed,
        notes=tuple(_notes(take_all, several)),
        i2_by_tau2=i2 if by_tau2 else None,
    )


def _refuse(result: MetaAnalysis, subsets: int | None) -> None:
    options, k = result.options, result.effects.k
    if k == 1:
        raise fault(
            f"{result.effects.labels[0]} is the only study, and the only subset",
            "Give two studies or more.",
        )
    if options.method not in METHODS or options.tau2 is not None:
        what = f"method {options.method}" if options.tau2 is None else "a tau2 that is given"
        raise fault(
            f"GOSH is not made for {what}",
            f"Pool with one of {', '.join(METHODS)}.",
            field="method",
        )
    if options.weighting != "inverse-variance":
        raise fault(
            f"GOSH is not made for {options.weighting} weights",
            "Pool without weights.",
            field="weights",
        )
    if subsets is not None and subsets < 1:
        raise fault(f"{subsets} subsets are asked for", "Give 1 or more.", field="subsets")


def _drawn(n: int, k: int, generator: np.random.Generator) -> BoolArray:
    """Draw subsets of two studies or more."""
    members = generator.integers(0, 2, (n, k), dtype=np.uint8).view(np.bool_)
    while True:
        small = np.flatnonzero(np.count_nonzero(members, axis=1) < 2)
        if len(small) == 0:
            return members
        members[small] = generator.integers(0, 2, (len(small), k), dtype=np.uint8)


def _binary(some: slice, k: int) -> BoolArray:
    """Return the members of the subsets whose binary numbers are the places from 1."""
    numbers = np.arange(some.start + 1, some.stop + 1)
    return (numbers[:, None] >> np.arange(k) & 1).astype(np.bool_)


def _pool(result: MetaAnalysis, members: BoolArray, into: list[FloatArray]) -> int:
    """Pool subsets, write their numbers, and return how many likelihoods have several maxima."""
    from meta.models.batch import pool_batch  # its SciPy takes longer to import than all else here

    sizes = np.count_nonzero(members, axis=1)
    estimate, q, tau2, i2 = into
    yi, vi = result.effects.yi, result.effects.vi
    single = np.flatnonzero(sizes == 1)
    estimate[single] = yi[members[single].argmax(axis=1)]
    larger = sizes > 1
    if not larger.any():
        return 0
    _, studies = np.nonzero(members if larger.all() else members[larger])
    found = pool_batch(
        yi[studies], vi[studies], sizes[larger], method=result.options.method, test="z"
    )
    estimate[larger], q[larger] = found.estimate, found.q
    tau2[larger], i2[larger] = found.tau2, found.i2
    return len(found.several_maxima)


def _notes(take_all: bool, several: int) -> Iterator[Note]:
    if take_all:
        yield Note(
            code="single-study", text="Heterogeneity is not defined for subsets of one study."
        )
    if several:
        yield Note(
            code="reml-maxima",
            text=f"In {several:,} subset{'s' if several > 1 else ''} the likelihood has more than one "
            "maximum; tau2 is the highest.",
        )


def _spread(column: FloatArray) -> Mapping[str, float | None]:
    known = column[~np.isnan(column)]
    if len(known) == 0:
        return dict.fromkeys(("mean", *QUANTILES))
    values = np.quantile(known, list(QUANTILES.values())).tolist()
    return {"mean": float(known.mean()), **dict(zip(QUANTILES, values, strict=True))}
