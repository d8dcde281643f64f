"""Dependent estimates among the further analyses."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from meta.further.asked import Option
from meta.further.start import SEED, Finding, Further, Pooling, needs

if TYPE_CHECKING:
    from meta.dependence.results import MultilevelModel


def _wild_bootstrap(
    pooling: Pooling,
    *,
    iterations: int = 10_000,
    seed: int | None = None,
    multipliers: str = "rademacher",
) -> Finding:
    from meta.dependence.correlated_effects import with_estimates
    from meta.dependence.wild_bootstrap import wild_bootstrap

    result, clusters = pooling.clustered("wild-bootstrap")
    return wild_bootstrap(
        result.model,
        clusters.name,
        with_estimates(clusters.columns, pooling.effects.k),
        iterations=iterations,
        seed=seed,
        multipliers=multipliers,
    )


def _rho_sweep(pooling: Pooling, *, rho: Sequence[float] | None = None) -> Finding:
    from meta.dependence.correlated_effects import SWEEP, CorrelatedEffects, sweep_rho

    result, clusters = pooling.clustered("rho-sweep")
    if not isinstance(result, CorrelatedEffects):
        raise needs(
            "rho-sweep",
            "the correlated-effects model",
            "Give --cluster COL and --errors correlated:rho=0.6, without --random.",
        )
    return sweep_rho(
        pooling.effects,
        clusters.name,
        clusters.columns,
        rhos=SWEEP if rho is None else rho,
        groups=clusters.groups,
        mods=clusters.mods,
        method=pooling.method,
        level=pooling.level,
        levels=clusters.levels,
    )


def _multilevel(result: object, name: str) -> "MultilevelModel":
    from meta.dependence.results import MultilevelModel
    from meta.dependence.robust import ClusterRobust

    model = result.model if isinstance(result, ClusterRobust) else result
    if not isinstance(model, MultilevelModel):
        raise needs(name, "random terms", "Give --random '~ 1 | study/effect'.")
    return model


def _components(pooling: Pooling) -> Finding:
    from meta.dependence.profile import component_intervals

    return component_intervals(_multilevel(pooling.result, "components"))


def _random_part(pooling: Pooling, *, reduced: str) -> Finding:
    from meta.dependence.profile import compare_random_parts

    full = _multilevel(pooling.result, "random-part")
    if pooling.refit_random is None:
        raise needs("random-part", "random terms", "Give --random '~ 1 | study/effect'.")
    terms = tuple(term.strip() for term in reduced.split(";"))
    smaller = _multilevel(pooling.refit_random(terms), "random-part")
    return compare_random_parts(full, smaller)


DEPENDENCE: Mapping[str, Further] = {
    "wild-bootstrap": Further(
        what="tests of the coefficients by the wild bootstrap of clusters",
        planned=False,
        run=_wild_bootstrap,
        options=(
            Option(name="iterations", kind="count", help="how many draws"),
            SEED,
            Option(
                name="multipliers",
                kind="word",
                words=("rademacher", "webb"),
                help="signs, or Webb's six values",
            ),
        ),
    ),
    "rho-sweep": Further(
        what="the correlated-effects model with other correlations of errors",
        planned=False,
        run=_rho_sweep,
        options=(Option(name="rho", kind="numbers", help="which"),),
    ),
    "components": Further(
        what="profile-likelihood intervals of variances and correlations",
        run=_components,
        planned=False,
    ),
    "random-part": Further(
        what="the likelihood-ratio test of a smaller random part",
        run=_random_part,
        options=(
            Option(
                name="reduced",
                kind="text",
                help="the random terms that are left, parted by ;, e.g. ~ 1 | study",
                needed=True,
            ),
        ),
        planned=False,
    ),
}
