"""Variance components: where the search for them starts, what they are called, what share they have."""

from collections.abc import Sequence

import numpy as np

from meta.dependence.random_terms import Crossing, Term
from meta.dependence.results import Component, HeterogeneityShare
from meta.dependence.structures import Structure
from meta.effects.measures import FloatArray


def structure_of(term: Term) -> Structure | None:
    """Return the structure of a term's covariance matrix; None for a random intercept."""
    return Structure(term.kind, term.inner.size) if isinstance(term, Crossing) else None


def bounds(terms: Sequence[Term]) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest values of all parameters."""
    structures = [structure_of(term) for term in terms]
    lower = [value for one in structures for value in ([0.0] if one is None else one.lower)]
    upper = [value for one in structures for value in ([np.inf] if one is None else one.upper)]
    return np.array(lower), np.array(upper)


def starts(terms: Sequence[Term], variance: float) -> list[FloatArray]:
    """Return starts of the search: the variance shared equally, and given to each term in turn.

    Parameters
    ----------
    terms : sequence of Term
        At least one.
    variance : float
        About the whole variance of the true effects.

    Returns
    -------
    list of ndarray

    References
    ----------
    DerSimonian and Laird (1986), for the variance. doi:10.1016/0197-2456(86)90046-2
    """
    n = len(terms)
    shares = [[1 / n] * n]
    if n > 1:
        shares += [[0.9 if one == at else 0.1 / (n - 1) for one in range(n)] for at in range(n)]
    correlated = any(isinstance(term, Crossing) for term in terms)
    return [
        np.array(
            [
                value
                for term, share in zip(terms, one, strict=True)
                for value in _start(term, share * variance, rho)
            ]
        )
        for one in shares
        for rho in ((0.5, 0.0, -0.2) if correlated else (0.0,))
    ]


def _start(term: Term, variance: float, rho: float) -> list[float]:
    structure = structure_of(term)
    return [variance] if structure is None else structure.start(variance, rho)


def components(terms: Sequence[Term], theta: FloatArray) -> tuple[Component, ...]:
    """Return the components with metafor's names.

    Parameters
    ----------
    terms : sequence of Term
    theta : ndarray

    Returns
    -------
    tuple of Component

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03
    """
    intercepts = sum(not isinstance(term, Crossing) for term in terms)
    crossings = len(terms) - intercepts
    found: list[Component] = []
    place, number, crossing = 0, 0, 0
    for term in terms:
        if not isinstance(term, Crossing):
            number += 1
            found.append(
                Component(
                    name=f"sigma^2.{number}" if intercepts > 1 else "sigma^2",
                    kind="sigma2",
                    term=term.name,
                    levels=(),
                    value=float(theta[place]),
                    groups=term.size,
                )
            )
            place += 1
        else:
            structure = Structure(term.kind, term.inner.size)
            used = structure.variances + structure.correlations
            prefix = f"{'' if crossings == 1 else f'{crossing + 1}:'}"
            found += _of_structure(term, structure, theta[place : place + used], prefix)
            place, crossing = place + used, crossing + 1
    return tuple(found)


def _of_structure(
    term: Crossing, structure: Structure, theta: FloatArray, prefix: str
) -> list[Component]:
    variances, correlations = structure.reported(theta)
    levels, groups = term.inner.levels, term.outer.size
    found = []
    for place, value in enumerate(variances):
        single = structure.one_variance
        found.append(
            Component(
                name=f"{prefix}tau^2" + ("" if single else f".{place + 1}"),
                kind="tau2",
                term=term.name,
                levels=() if single else (levels[place],),
                value=value,
                groups=groups,
            )
        )
    column, row = np.triu_indices(structure.m, 1)
    for place, rho in enumerate(correlations):
        pair = structure.kind == "UN"
        a, b = int(column[place]), int(row[place])
        vary = variances[a] * variances[b] > 0 if pair else any(variances)
        found.append(
            Component(
                name=f"{prefix}rho" + (f".{a + 1}.{b + 1}" if pair and structure.m > 2 else ""),
                kind="rho",
                term=term.name,
                levels=(levels[a], levels[b]) if pair else (),
                value=rho if vary else None,
                groups=groups,
            )
        )
    return found


def spread(terms: Sequence[Term], parts: Sequence[Component]) -> FloatArray | None:
    """Return the variance of the true effect behind each estimate; None without random effects.

    Parameters
    ----------
    terms : sequence of Term
    parts : sequence of Component

    Returns
    -------
    ndarray of length k, or None

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03
    """
    if not terms:
        return None
    outer = [term.outer.codes if isinstance(term, Crossing) else term.codes for term in terms]
    total = np.zeros(len(outer[0]))
    for part in parts:
        if part.kind == "rho" or part.value is None:
            continue
        if not part.levels:
            total += part.value
            continue
        for term in terms:
            if isinstance(term, Crossing) and term.name == part.term:
                here = term.inner.codes == term.inner.levels.index(part.levels[0])
                total += part.value * here
    return total


def i2_shares(
    terms: Sequence[Term], parts: Sequence[Component], typical: float
) -> tuple[HeterogeneityShare, ...]:
    """Return I2 of each term: ``100 sigma2_j / (S + s2)``, S their sum, s2 the typical sampling variance.

    Parameters
    ----------
    terms : sequence of Term
    parts : sequence of Component
    typical : float
        ``(k - p) / tr(P)`` with V alone.

    Returns
    -------
    tuple of HeterogeneityShare
        Empty where variances differ between the levels of an inner column.

    References
    ----------
    Nakagawa and Santos (2012). doi:10.1007/s10682-012-9555-5. Higgins and Thompson (2002).
    doi:10.1002/sim.1186
    """
    variances = [one for one in parts if one.kind != "rho"]
    if len(variances) > len(terms):
        return ()
    total = sum(one.value or 0.0 for one in variances) + typical
    return tuple(
        HeterogeneityShare(term=one.term, percent=100 * (one.value or 0.0) / total)
        for one in variances
    )
