"""The multiverse among the further analyses: what was pooled, with the alternatives that are asked for."""

from collections.abc import Mapping, Sequence

import numpy as np

from meta.choices.multiverse_data import ZERO_RULES
from meta.effects.effect_sizes import effect_sizes
from meta.faults import fault
from meta.further.asked import Option
from meta.further.start import Finding, Further, Pooling, needs
from meta.moderators.design_matrix import Cell

NAME = "multiverse"


def _multiverse(
    pooling: Pooling,
    *,
    measures: tuple[str, ...] | None = None,
    estimators: tuple[str, ...] | None = None,
    tests: tuple[str, ...] | None = None,
    weights: tuple[str, ...] | None = None,
    zeros: tuple[str, ...] | None = None,
    subsets: tuple[str, ...] = (),
    threshold: float | None = None,
) -> Finding:
    from meta.choices.multiverse import multiverse

    _refuse(pooling)
    measures = measures or (pooling.measure,)
    zeros = zeros or (_rule(pooling),)
    found = multiverse(
        pooling.columns,
        measures=measures,
        methods=estimators or (pooling.method,),
        tests=tests or (pooling.test,),
        weightings=weights or (pooling.pooled(NAME).options.weighting,),
        zeros=zeros,
        subsets=_cells(pooling, subsets, measures, zeros),
        threshold=threshold,
        labels=pooling.labels,
        add=pooling.add,
        level=pooling.level,
    )
    if found.n == 1:
        raise fault(
            f"{NAME} has one specification alone",
            "Give alternatives, e.g. estimators=EE/DL/REML,tests=z/knha.",
            field="--also",
        )
    return found


def _refuse(pooling: Pooling) -> None:
    """Refuse an analysis that cannot be done again from its columns."""
    options = pooling.pooled(NAME).options
    if options.tau2 is not None:
        raise needs(NAME, "tau2 to be estimated", "Leave out --tau2.")
    if options.weighting == "user":
        raise needs(NAME, "weights that every specification can have", "Use --weights equal or n.")
    again = effect_sizes(
        pooling.measure,
        pooling.columns,
        labels=pooling.labels,
        add=pooling.add,
        to=pooling.to,
        drop00=pooling.drop00,
    )
    for one, other in ((again.yi, pooling.effects.yi), (again.vi, pooling.effects.vi)):
        if not np.array_equal(one, other):
            raise needs(
                NAME,
                "estimates as their columns give them, with the measure's usual variance",
                "Leave out --vtype and --aggregate.",
            )


def _rule(pooling: Pooling) -> str:
    for name, rule in ZERO_RULES.items():
        if rule == (pooling.to, pooling.drop00):
            return name
    raise needs(
        NAME,
        "rules for zero cells by name where --drop00 is with another --to than only0",
        f"Give zeros, with {', '.join(ZERO_RULES)}.",
    )


def _cells(
    pooling: Pooling, names: Sequence[str], measures: Sequence[str], zeros: Sequence[str]
) -> Mapping[str, Sequence[Cell]]:
    """Return a cell for each study; those of studies that are in no specification do not matter."""
    if not names:
        return {}
    pooled = pooling.effects.rows.tolist()
    k = max(len(one) for one in pooling.columns.values())
    for measure in measures:
        for zero in set(zeros) & set(ZERO_RULES):
            to, drop00 = ZERO_RULES[zero]
            found = effect_sizes(
                measure,
                pooling.columns,
                labels=pooling.labels,
                add=pooling.add,
                to=to,
                drop00=drop00,
            )
            for row, label in zip(found.rows.tolist(), found.labels, strict=True):
                if row not in pooled:
                    raise fault(
                        f"{label} was not pooled, but has an estimate by {measure} with zeros={zero}",
                        "Pool with that measure and rule, and give the others to multiverse.",
                        field="--also",
                    )
    cells: dict[str, Sequence[Cell]] = {}
    for name in names:
        known = dict(zip(pooled, pooling.cells(name), strict=True))
        cells[name] = [known.get(row, known[pooled[0]]) for row in range(k)]
    return cells


MULTIVERSE: Mapping[str, Further] = {
    NAME: Further(
        what="pooled again under every combination of choices that can be defended",
        run=_multiverse,
        planned=False,
        options=(
            Option(name="measures", kind="words", help="by their codes, e.g. RR/OR/RD"),
            Option(name="estimators", kind="words", help="of tau2, or EE, e.g. EE/DL/REML"),
            Option(name="tests", kind="words", help="of z, t, knha, adhoc"),
            Option(name="weights", kind="words", help="of inverse-variance, equal, n"),
            Option(name="zeros", kind="words", help=f"rules, of {', '.join(ZERO_RULES)}"),
            Option(
                name="subsets",
                kind="columns",
                help="by each column: all studies, only those with a value, all but those",
            ),
            Option(name="threshold", kind="number", help="of the estimate; by default, no effect"),
        ),
    ),
}
