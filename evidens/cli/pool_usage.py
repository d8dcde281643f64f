"""Which options of ``evidens pool`` have a meaning, alone and together."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from evidens.dependence import Dependence

ENGINES = ("evidens", "metafor")
LIKELIHOODS = ("REML", "ML", "EE")
SANDWICHES = ("CR2", "CR0", "CR1", "CR1S1", "CR1S2", "CR3")
DFS = ("contain", "residual")


def check_words(
    *,
    measure: str | None,
    method: str,
    test: str | None,
    to: str,
    pi: str,
    vtype: str,
    engine: str,
    i2: str | None,
    vcov: str,
    df: str,
) -> None:
    """Refuse words that the options do not have."""
    from evidens.count_models import MODELS
    from evidens.pooling import STRATIFIED, vtypes
    from meta.effects.effect_sizes import ADD_TO
    from meta.effects.measures import Measure
    from meta.models.options import I2_DEFINITIONS, METHODS, PREDICTIONS, TESTS

    for option, value, allowed in (
        ("--measure", measure, tuple(Measure)),
        ("--method", method, (*METHODS, *STRATIFIED, *MODELS)),
        ("--test", test, TESTS),
        ("--to", to, ADD_TO),
        ("--pi", pi, PREDICTIONS),
        ("--vtype", vtype, vtypes()),
        ("--engine", engine, ENGINES),
        ("--i2", i2, I2_DEFINITIONS),
        ("--vcov", vcov, SANDWICHES),
        ("--df", df, DFS),
    ):
        if value is not None:
            _one_of(option, value, allowed)


def check_figures(figure: str | None, others: Mapping[str, object]) -> None:
    """Refuse what is said of figures where none is asked for."""
    for name, value in others.items():
        if figure is None and value is not None:
            raise _bad(f"--{name.replace('_', '-')}", "it is of figures; ask for some by --figure.")


def check_numbers(
    *, level: float, pi_level: float | None, add: float | None, tau2: float | None
) -> None:
    """Refuse numbers out of range."""
    for option, value in (("--level", level), ("--pi-level", pi_level)):
        if value is not None and not 0 < value < 1:
            raise _bad(option, f"{value:g} is not between 0 and 1, e.g. 0.95.")
    for option, value in (("--add", add), ("--tau2", tau2)):
        if value is not None and not 0 <= value < float("inf"):
            raise _bad(option, f"{value:g} is not 0 or more.")


def check_together(
    *,
    method: str,
    test: str | None,
    said: "Dependence",
    common: bool,
    metafor: bool,
    others: Mapping[str, object],
) -> None:
    """Refuse options that say nothing about one another.

    Parameters
    ----------
    method, test : str
    said : Dependence
    common : bool
        ``--common-tau2``
    metafor : bool
        Whether metafor is to be run beside.
    others : mapping of str to object
        The other options of a model that were given, None where not.
    """
    from evidens.count_models import MODELS
    from evidens.pooling import STRATIFIED

    if others["--mods"] is not None and others["--subgroup"] is not None:
        raise _bad(
            "--subgroup",
            "give either --mods or --subgroup; C(column) in --mods compares subgroups too.",
        )
    if common and others["--subgroup"] is None:
        raise _bad("--common-tau2", "it needs --subgroup.")
    dependent = {
        "--random": said.random or None,
        "--cluster": said.cluster,
        "--errors": said.errors,
        "--aggregate": said.aggregate or None,
    }
    if method in STRATIFIED:
        _without(
            f"method {method} pools tables with z and one common effect",
            {**others, **dependent, "--test": None if test == "z" else test},
        )
    if method in MODELS:
        _without("a mixed model of the counts is fitted", {**others, **dependent, "--mods": None})
        if test not in (None, "z", "t"):
            raise _bad("--test", f"with method {method} it is z or t.")
        if metafor:
            raise _bad("--engine", f"metafor is not run beside method {method}.")
    if said.struct and not said.random:
        raise _bad("--struct", "it needs --random.")
    if said.errors is not None and said.cluster is None:
        raise _bad("--errors", "it needs --cluster, within which errors hang together.")
    if said.pi_level is not None and (said.cluster is None or said.aggregate):
        raise _bad("--pi-level", "it needs --cluster, whose degrees of freedom it has.")
    if said.aggregate:
        if said.errors is None:
            raise _bad("--aggregate", "it needs --cluster and --errors.")
        _without("--aggregate pools one estimate for each cluster", {"--mods": others["--mods"]})
        _without(
            "--aggregate pools one estimate for each cluster", {"--random": said.random or None}
        )
    elif said.random or said.errors is not None:
        _without("a model of dependent estimates is fitted", {**others, "--mods": None})
        if method not in LIKELIHOODS:
            raise _bad("--method", f"with --random or --errors it is {', '.join(LIKELIHOODS)}.")
        if test not in (None, "z", "t"):
            raise _bad("--test", "with --random or --errors it is z or t.")
    elif said.cluster is not None:
        _without("clusters are those of one model", {"--subgroup": others["--subgroup"]})
    if metafor and any(value is not None for value in dependent.values()):
        _without("metafor is run beside models of independent estimates", dependent)


def check_arms(
    arms: str | None, interval: str, missing_sd: str | None, others: Mapping[str, object]
) -> None:
    """Refuse what has no meaning where each arm is averaged by itself."""
    from meta.models.arm_synthesis import INTERVAL_METHODS, WEIGHTINGS

    if arms is None:
        if missing_sd is not None:
            raise _bad("--missing-sd", "it needs --arms.")
        return
    _one_of("--arms", arms, WEIGHTINGS)
    _one_of("--interval", interval, INTERVAL_METHODS)
    _without("--arms averages each arm by itself", others)


def references(given: list[str]) -> dict[str, str]:
    """Read the levels that categories are compared with."""
    found = {}
    for one in given:
        name, equals, level = one.partition("=")
        if not (name and equals and level):
            raise _bad("--reference", f"{one!r} is not COL=LEVEL, e.g. alloc=random.")
        found[name] = level
    return found


def _without(why: str, options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value is not None:
            raise _bad(option, f"{why}, without {option}.")


def _one_of(option: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise _bad(option, f"{value!r} is not one of {', '.join(allowed)}.")


def _bad(option: str, message: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{option}'")
