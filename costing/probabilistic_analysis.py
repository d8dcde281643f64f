"""A probabilistic analysis: draws of what is uncertain, and the net result of each option in each draw.

It is made once by whoever has a case and its draws, and checked once; everything that is said of the
uncertainty afterwards (distribution, drivers, value of information) reads it and draws nothing again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from meta.faults import fault

FloatArray = NDArray[np.float64]
NetFunction = Callable[[Mapping[str, FloatArray]], FloatArray]
"""From parameters by name, arrays of one length, to the net result of each entry."""
Seed = int | np.random.Generator
"""A whole number, or a generator, whose state then moves on."""

LARGEST = 1e30  # its fourth power, which standard errors take, is still a number
MOST_DRAWS = 10_000_000
MOST_OPTIONS = 1000


def draws_of(values: ArrayLike, field: str, *, least: int = 2) -> FloatArray:
    """Return draws as a checked array that cannot be changed.

    Parameters
    ----------
    values : array_like
        Length n.
    field : str
        What they are called in messages.
    least : int
        The fewest that serve.

    Returns
    -------
    ndarray
        A copy, length n.

    Raises
    ------
    InputError
        For what is no list of numbers, too few or too many of them, and one that is not finite or beyond
        1e30.

    Examples
    --------
    >>> draws_of([1, 2], "effect")
    array([1., 2.])
    """
    array = numbers(values, field)
    if array.ndim != 1:
        raise fault(f"the draws have shape {array.shape}", "Give one list of numbers.", field=field)
    if not least <= array.size <= MOST_DRAWS:
        count = "no draws" if array.size == 0 else f"{array.size:,} draws"
        raise fault(
            f"there are {count}", f"Give from {least:,} to {MOST_DRAWS:,} draws.", field=field
        )
    return array


def numbers(values: ArrayLike, field: str) -> FloatArray:
    """Return numbers of any shape as a checked array that cannot be changed.

    Parameters
    ----------
    values : array_like
    field : str
        What they are called in messages.

    Returns
    -------
    ndarray
        A copy.

    Raises
    ------
    InputError
        For what is no number, and one that is not finite or beyond 1e30.

    Examples
    --------
    >>> numbers([[0.5], [1]], "net")
    array([[0.5],
           [1. ]])
    """
    try:
        plain = np.asarray(values)
    except ValueError:  # lists of different lengths
        plain = np.array(None)
    if plain.dtype.kind not in "iuf":
        raise fault("these are no numbers", "Give a list of numbers of one shape.", field=field)
    array = np.array(plain, dtype=np.float64)
    width = array[0].size if array.ndim > 1 and len(array) else 1
    bad = np.flatnonzero(~(np.abs(array.ravel()) <= LARGEST))
    if bad.size:
        first = int(bad[0])
        raise fault(
            f"draw {first // width + 1} is {array.ravel()[first]}",
            f"Give finite numbers, none beyond {LARGEST:g}.",
            field=field,
        )
    array.setflags(write=False)
    return array


def amount(value: float, field: str, *, least: float | None = None) -> float:
    """Return one checked number.

    Parameters
    ----------
    value : float
    field : str
        What it is called in messages.
    least : float, optional
        The least that is allowed.

    Returns
    -------
    float

    Raises
    ------
    InputError
        For a number that is not finite, beyond 1e30 or below the least.

    Examples
    --------
    >>> amount(3, "price", least=0)
    3.0
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if not abs(number) <= LARGEST:
        raise fault(
            f"it is {value!r}", f"Give a finite number, none beyond {LARGEST:g}.", field=field
        )
    if least is not None and number < least:
        raise fault(f"it is {number:g}", f"Give {least:g} or more.", field=field)
    return number


def shares_of(values: ArrayLike, field: str) -> FloatArray:
    """Return draws of a probability, each from 0 to 1.

    Parameters
    ----------
    values : array_like
        Length n.
    field : str

    Returns
    -------
    ndarray
        Length n.

    Raises
    ------
    InputError
        As `draws_of`, and for a draw outside 0 to 1: whoever draws decides what becomes of it.

    Examples
    --------
    >>> shares_of([0, 0.25], "p1")
    array([0.  , 0.25])
    """
    array = draws_of(values, field, least=1)
    outside = np.flatnonzero((array < 0) | (array > 1))
    if outside.size:
        raise fault(
            f"{outside.size:,} of {array.size:,} draws are outside 0 to 1; draw {outside[0] + 1} is "
            f"{array[outside[0]]:g}",
            "Give probabilities; decide what becomes of draws outside before they come here.",
            field=field,
        )
    return array


def generator(seed: Seed) -> np.random.Generator:
    """Return the generator of a seed; a generator is returned as it is.

    Parameters
    ----------
    seed : int or Generator
        A whole number of 0 or more.

    Returns
    -------
    Generator

    Raises
    ------
    InputError
        For any other seed, and for none: what is drawn can always be drawn again.

    Examples
    --------
    >>> bool(generator(1).random() == generator(1).random())
    True
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if type(seed) is not int or seed < 0:
        raise fault(f"the seed is {seed!r}", "Give a whole number, 0 or more.", field="seed")
    return np.random.default_rng(seed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProbabilisticAnalysis:
    """Draws of the uncertain parameters, and the net result of each option in each draw.

    Parameters
    ----------
    net : array_like
        Net results in money, more is better: n x d, or length n for one option.
    options : tuple of str
        Names of the d options.
    parameters : mapping of str to array_like
        Draws of what is uncertain by name, each of length n, in the order of the draws of ``net``.

    Raises
    ------
    InputError
        For numbers that are not finite, lengths that differ, no draws, and options without or with the same
        name.

    Examples
    --------
    >>> analysis = ProbabilisticAnalysis(net=[[0, 1], [0, -3]], options=("usual", "ips"))
    >>> analysis.n, analysis.best
    (2, 0)
    """

    net: FloatArray
    options: tuple[str, ...]
    parameters: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check, copy and freeze the arrays."""
        net = numbers(self.net, "net")
        if net.ndim == 1:
            net = net[:, None]
        if net.ndim != 2:
            raise fault(
                f"the net results have shape {net.shape}",
                "Give one row a draw, one column an option.",
                field="net",
            )
        options = tuple(self.options)
        if not 2 <= net.shape[0] <= MOST_DRAWS:
            count = "no draws" if net.shape[0] == 0 else f"{net.shape[0]:,} draws"
            raise fault(f"there are {count}", f"Give from 2 to {MOST_DRAWS:,} draws.", field="net")
        if net.shape[1] != len(options) or not 1 <= len(options) <= MOST_OPTIONS:
            raise fault(
                f"there are {net.shape[1]} columns of net results for {len(options)} options",
                f"Give one column for each option, at most {MOST_OPTIONS:,}.",
                field="options",
            )
        if len(set(options)) < len(options) or not all(options):
            raise fault(
                "two options have one name, or one has none",
                "Name each option differently.",
                field="options",
            )
        parameters = {name: draws_of(one, name) for name, one in self.parameters.items()}
        for name, one in parameters.items():
            if one.size != net.shape[0]:
                raise fault(
                    f"it has {one.size:,} draws, the net results have {net.shape[0]:,}",
                    "Give as many draws of each parameter as of the net results.",
                    field=name,
                )
        for name, value in (("net", net), ("options", options), ("parameters", parameters)):
            object.__setattr__(self, name, value)

    @property
    def n(self) -> int:
        """Number of draws."""
        return len(self.net)

    @property
    def best(self) -> int:
        """Place of the option with the highest mean net result, the first of several."""
        return int(self.net.mean(axis=0).argmax())

    def needs_a_choice(self) -> None:
        """Refuse an analysis with one option, in which no information can change anything."""
        if len(self.options) < 2:
            raise fault(
                f"there is one option, {self.options[0]}",
                "Give two or more; doing nothing, with a net result of 0, may be one.",
                field="options",
            )

    def draws(self, name: str) -> FloatArray:
        """Return the draws of a parameter; refuse a name that is not there."""
        if name not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            raise fault(
                f"no parameter is called {name!r}", f"There are: {known}.", field="parameters"
            )
        return self.parameters[name]

    def column(self, option: str | None) -> int:
        """Return the place of an option; None stands for the only one there is."""
        if option is None and len(self.options) == 1:
            return 0
        if option not in self.options:
            said = "none is named" if option is None else f"no option is called {option!r}"
            raise fault(said, f"There are: {', '.join(self.options)}.", field="option")
        return self.options.index(option)


def against_doing_nothing(
    net: NetFunction, parameters: Mapping[str, ArrayLike], *, option: str, instead: str
) -> ProbabilisticAnalysis:
    """Return the analysis of one option against doing nothing, whose net result is 0.

    Parameters
    ----------
    net : callable
        From draws by name to net results, length n.
    parameters : mapping of str to array_like
        Draws by name, length n each.
    option, instead : str
        Names of the option and of doing nothing.

    Returns
    -------
    ProbabilisticAnalysis

    Raises
    ------
    InputError
        As `ProbabilisticAnalysis`; and where the function gives something else than one number a draw.

    Examples
    --------
    >>> draws = {"effect": [0.1, 0.3]}
    >>> found = against_doing_nothing(
    ...     lambda one: 100 * one["effect"] - 20, draws, option="ips", instead="none")
    >>> found.net[:, 0]
    array([-10.,  10.])
    """
    checked = {name: draws_of(one, name) for name, one in parameters.items()}
    found = evaluated(net, checked)
    columns = np.column_stack((found, np.zeros(found.size)))
    return ProbabilisticAnalysis(net=columns, options=(option, instead), parameters=checked)


def evaluated(net: NetFunction, parameters: Mapping[str, FloatArray]) -> FloatArray:
    """Return what a net function gives, checked: one number for each draw.

    Parameters
    ----------
    net : callable
    parameters : mapping of str to ndarray
        Of one length n.

    Returns
    -------
    ndarray
        Length n.

    Raises
    ------
    InputError
        For no parameters, lengths that differ, and a result that is not n finite numbers.

    Examples
    --------
    >>> evaluated(lambda one: 2 * one["x"], {"x": np.array([1.0, 2.0])})
    array([2., 4.])
    """
    lengths = {one.size for one in parameters.values()}
    if len(lengths) != 1:
        listed = ", ".join(f"{name} {one.size:,}" for name, one in parameters.items())
        raise fault(
            f"the parameters have no common length ({listed or 'there are none'})",
            "Give as many draws of each.",
            field="parameters",
        )
    result: Any = net(parameters)
    found = numbers(result, "net")
    (n,) = lengths
    if found.shape != (n,):
        raise fault(
            f"the net function gave shape {found.shape} for {n:,} draws",
            "It must give one number for each draw.",
            field="net",
        )
    return found
