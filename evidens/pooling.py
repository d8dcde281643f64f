"""What ``evidens pool`` does with a table: effect sizes, then one estimate, subgroups or a regression."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from evidens.count_models import MODELS, counts_pooled
from evidens.dependence import Dependence, columns_for, fit, made_robust, one_for_each_cluster
from evidens.tables import LABEL_COLUMNS, cells_of, column, columns_of, read_formula, weight_cells
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import MEASURES, Measure
from meta.faults import fault
from meta.further.start import Clusters, Pooling
from meta.models.pooling import pool
from meta.models.remarks import FEW_STUDIES
from meta.models.results import EffectSizes, MetaAnalysis
from studies.sheets import Sheet

if TYPE_CHECKING:
    from evidens.dependence import Dependent
    from evidens.metafor import Comparison
    from meta.choices.panel import Panel
    from meta.glmm.results import GlmmAnalysis
    from meta.models.stratified import StratifiedAnalysis
    from meta.moderators.results import MetaRegression
    from meta.moderators.subgroups import SubgroupAnalysis

    Result = (
        MetaAnalysis
        | MetaRegression
        | SubgroupAnalysis
        | StratifiedAnalysis
        | GlmmAnalysis
        | Dependent
    )

STRATIFIED = ("MH", "PETO")
NAMED = ("equal", "n")  # weights that need no column


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the user chose; each field is the option of the same name."""

    measure: Measure
    method: str = "REML"
    counts: Mapping[str, Any] = field(default_factory=dict)
    test: str | None = None
    level: float = 0.95
    tau2: float | None = None
    mods: str | None = None
    reference: Mapping[str, str] = field(default_factory=dict)
    subgroup: str | None = None
    common_tau2: bool = False
    weights: str | None = None
    prediction: str = "default"
    i2: str | None = None
    vtype: str = "LS"
    add: float | None = None
    to: str = "only0"
    drop00: bool = False
    dependence: Dependence = field(default_factory=Dependence)

    def numbers(self, sheet: Sheet) -> set[str]:
        """Return the columns that must be read as numbers, besides those of measures."""
        wanted = set() if self.mods is None else read_formula(self.mods, sheet)[1]
        if self.dependence.errors is not None:
            wanted |= {column(sheet, name, "--errors") for name in self.dependence.errors.numbers}
        if self.weights is not None and self.weights_column(sheet):
            wanted.add(column(sheet, self.weights, "--weights"))
        return wanted

    def weights_column(self, sheet: Sheet) -> bool:
        """Tell whether the weights stand in a column; a column comes before a name of weights."""
        return self.weights is not None and (
            self.weights in sheet.header or self.weights not in NAMED
        )

    @property
    def levels(self) -> dict[str, list[str]]:
        """The level that each category is compared with, before its others."""
        return {name: [level] for name, level in self.reference.items()}

    @property
    def stratified(self) -> bool:
        """Whether the tables themselves are pooled, without an estimate of each study."""
        return self.method in STRATIFIED

    @property
    def of_counts(self) -> bool:
        """Whether a mixed model is fitted to the counts."""
        return self.method in MODELS

    @property
    def chosen_test(self) -> str:
        """The test: z for what pools tables or counts, Knapp and Hartung's for all others."""
        return self.test or ("z" if self.stratified or self.of_counts else "knha")


def effects_of(sheet: Sheet, choices: Choices) -> EffectSizes:
    """Compute the estimates of the studies; with ``--aggregate`` one for each cluster.

    Parameters
    ----------
    sheet : Sheet
    choices : Choices

    Returns
    -------
    EffectSizes

    Raises
    ------
    InputError
        As `meta.effects.effect_sizes.effect_sizes` and `meta.dependence.aggregation.aggregate`.
    """
    effects = effect_sizes(
        choices.measure,
        sheet.numbers,
        labels=labels_of(sheet),
        add=choices.add,
        to=choices.to,
        drop00=choices.drop00,
        vtype=choices.vtype,
    )
    sizes = [sheet.numbers["ni"][row] for row in effects.rows] if "ni" in sheet.numbers else [None]
    if effects.ni is None and None not in sizes:
        effects = replace(effects, ni=np.array(sizes, dtype=np.float64))
    said = choices.dependence
    return one_for_each_cluster(sheet, effects, said) if said.aggregate else effects


def labels_of(sheet: Sheet) -> tuple[str | None, ...] | None:
    """Return the studies' labels, None where the table has no column of them."""
    return next((sheet.texts[name] for name in LABEL_COLUMNS if name in sheet.texts), None)


def analyse(sheet: Sheet, effects: EffectSizes, choices: Choices) -> "Result":
    """Pool, pool by subgroups, regress, or fit a model of dependent estimates, as the user chose.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
    choices : Choices

    Returns
    -------
    Result

    Raises
    ------
    InputError
        For columns that are missing or hold what they may not, and all that the engine refuses.
    ConvergenceError
        If an estimator of tau2 does not converge.
    """
    if choices.stratified:
        found: StratifiedAnalysis = _stratified_fit(choices)(sheet.numbers, labels=labels_of(sheet))
        return found
    if choices.of_counts:
        return counts_pooled(
            sheet,
            choices.measure,
            choices.method,
            choices.counts,
            labels=labels_of(sheet),
            test=choices.chosen_test,
            level=choices.level,
            add=choices.add,
            to=choices.to,
            mods=choices.mods,
            levels=choices.levels,
        )
    said = choices.dependence
    if said.random or (said.errors is not None and not said.aggregate):
        return fit(
            sheet,
            _some(effects, sheet),
            said,
            mods=choices.mods,
            method=choices.method,
            test=choices.test,
            level=choices.level,
            levels=choices.levels,
        )
    weights: str | list[float] | None = choices.weights
    if choices.weights is not None and choices.weights_column(sheet):
        weights = weight_cells(sheet, choices.weights, effects.rows.tolist())
    if choices.subgroup is not None:
        return _by_subgroup(sheet, _some(effects, sheet), choices, weights)
    result = _pooled_or_regressed(sheet, effects, choices, weights)
    if said.cluster is None or said.aggregate:
        return result
    return made_robust(sheet, effects, result, said, choices.mods)


def _some(effects: EffectSizes, sheet: Sheet) -> EffectSizes:
    if not effects.k:
        raise fault(
            "no study has an estimate",
            "Give at least one study with all its numbers.",
            file=sheet.name,
        )
    return effects


def _pooled_or_regressed(
    sheet: Sheet, effects: EffectSizes, choices: Choices, weights: str | list[float] | None
) -> "MetaAnalysis | MetaRegression":
    if choices.mods is None:
        return pool(
            effects,
            method=choices.method,
            test=choices.chosen_test,
            level=choices.level,
            tau2=choices.tau2,
            weights=weights,
            prediction=choices.prediction,
            i2=choices.i2,
        )
    from meta.moderators.regression import regress

    formula, _ = read_formula(choices.mods, sheet)
    rows = _some(effects, sheet).rows.tolist()
    return regress(
        effects,
        formula.text,
        {name: cells_of(sheet, name, rows) for name in formula.columns},
        method=choices.method,
        test=choices.chosen_test,
        level=choices.level,
        levels=choices.levels,
        tau2=choices.tau2,
        weights=weights,
        prediction=choices.prediction,
        i2=choices.i2,
    )


def _stratified_fit(choices: Choices) -> "Callable[..., StratifiedAnalysis]":
    """Return the function that pools tables as the user chose, given columns and labels."""
    from meta.models.stratified import Rules, mantel_haenszel, peto_odds_ratio

    add = 0.5 if choices.add is None else choices.add
    rules = Rules(add=(add, 0.0), to=(choices.to, "none"), drop00=(True, choices.drop00))
    if choices.method == "PETO":
        return partial(peto_odds_ratio, rules=rules, level=choices.level)
    return partial(mantel_haenszel, choices.measure, rules=rules, level=choices.level)


def pooling_of(sheet: Sheet, effects: EffectSizes, choices: Choices, result: "Result") -> Pooling:
    """Return what further analyses start from.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
    choices : Choices
    result : Result
        Of `analyse`.

    Returns
    -------
    Pooling
    """
    said = choices.dependence
    clusters = None
    if said.cluster is not None and not said.aggregate:
        clusters = Clusters(
            name=said.cluster,
            columns=columns_for(sheet, effects, said, choices.mods),
            groups=None if said.errors is None else said.errors.groups,
            mods=choices.mods,
            levels=choices.levels,
        )

    def cells(name: str) -> list[str | float | None]:
        rows = range(len(sheet.lines)) if choices.stratified else effects.rows.tolist()
        return cells_of(sheet, column(sheet, name, "--also"), rows)

    return Pooling(
        result=result,
        effects=effects,
        measure=choices.measure,
        method=choices.method,
        test=choices.chosen_test,
        level=choices.level,
        add=choices.add,
        to=choices.to,
        drop00=choices.drop00,
        columns=sheet.numbers,
        labels=labels_of(sheet),
        cells=cells,
        tables=_stratified_fit(choices) if choices.stratified else None,
        clusters=clusters,
        refit=lambda some: analyse(sheet, some, choices),
        refit_random=lambda terms: analyse(
            sheet, effects, replace(choices, dependence=replace(said, random=terms))
        ),
    )


def beside_few_studies(result: "Result") -> "Panel | None":
    """Return the panel of estimators that stands beside random effects of five studies or fewer.

    Parameters
    ----------
    result : Result

    Returns
    -------
    Panel or None
        None where it is not called for.
    """
    if not isinstance(result, MetaAnalysis):
        return None
    options = result.options
    if options.model == "common-effect" or options.tau2 is not None:
        return None
    if not 1 < result.effects.k <= FEW_STUDIES:
        return None
    from meta.choices.panel import panel

    return panel(result.effects, level=options.level)


def _by_subgroup(
    sheet: Sheet, effects: EffectSizes, choices: Choices, weights: str | list[float] | None
) -> "SubgroupAnalysis":
    from meta.moderators.subgroups import subgroups

    name = column(sheet, str(choices.subgroup), "--subgroup")
    return subgroups(
        effects,
        name,
        cells_of(sheet, name, effects.rows.tolist()),
        common_tau2=choices.common_tau2,
        method=choices.method,
        test=choices.chosen_test,
        level=choices.level,
        levels=[choices.reference[name]] if name in choices.reference else [],
        tau2=choices.tau2,
        weights=weights,
        prediction=choices.prediction,
        i2=choices.i2,
    )


def beside_metafor(
    sheet: Sheet, effects: EffectSizes, choices: Choices, result: "Result"
) -> "Comparison":
    """Run the same analysis in R's metafor.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
    choices : Choices
    result : MetaAnalysis, MetaRegression or SubgroupAnalysis

    Returns
    -------
    Comparison

    Raises
    ------
    EngineError
        If R or metafor is missing or fails.
    """
    from evidens.metafor import Request, compare
    from meta.moderators.design_matrix import level_text
    from meta.moderators.results import MetaRegression
    from meta.moderators.subgroups import SubgroupAnalysis

    found = result.to_dict()
    used, weights, design, numbers = effects, None, None, None
    groups = "none" if choices.subgroup is None else "common" if choices.common_tau2 else "separate"
    fitted = result.within if isinstance(result, SubgroupAnalysis) else result
    if isinstance(fitted, MetaRegression):
        used, design = fitted.design.effects, fitted.design.x
    elif isinstance(result, SubgroupAnalysis):
        used = result.overall.effects
        order = [group.level for group in result.groups]
        cells = cells_of(sheet, result.name, used.rows.tolist())
        numbers = [order.index(level_text(cell)) + 1 for cell in cells]
    rows = used.rows.tolist()
    weighting = found.get("weighting", "inverse-variance")
    given = weighting in ("user", "n")
    if given:
        weights = [one["weight"] for one in found["studies"]]
    request = Request(
        columns={
            name: sheet.numbers[name]
            for name in columns_of(choices.measure)
            if name in sheet.numbers
        },
        used=rows,
        options={
            "measure": str(choices.measure),
            "method": choices.method,
            "test": found.get("test", "z"),
            "level": repr(100 * choices.level),
            "add": "NA" if choices.add is None else repr(choices.add),
            "to": choices.to,
            "drop00": str(choices.drop00).upper(),
            "vtype": choices.vtype,
            "tau2": "" if choices.tau2 is None else repr(choices.tau2),
            "weighting": "user" if given else weighting,
            "prediction": choices.prediction,
            "groups": groups,
        },
        design=design,
        groups=numbers,
        weights=weights,
    )
    return compare(found, request)


def printout(result: "Result") -> str:
    """Return a result as plain text.

    Parameters
    ----------
    result : MetaAnalysis, MetaRegression, SubgroupAnalysis or StratifiedAnalysis

    Returns
    -------
    str
    """
    if hasattr(result, "summary"):
        return result.summary()
    from meta.models.stratified_printout import summary

    return summary(result)


def vtypes() -> Sequence[str]:
    """Return all kinds of sampling variance that some measure knows."""
    return tuple(dict.fromkeys(kind for facts in MEASURES.values() for kind in facts.vtypes))
