"""Draws and net results: what is refused, message by message."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from costing.probabilistic_analysis import (
    ProbabilisticAnalysis,
    against_doing_nothing,
    amount,
    draws_of,
    evaluated,
    generator,
    numbers,
    shares_of,
)
from meta.faults import InputError

X = np.array([1.0, 2.0])


def made(net: Any, options: tuple[str, ...] = ("ips",), **parameters: Any) -> ProbabilisticAnalysis:
    return ProbabilisticAnalysis(net=net, options=options, parameters=parameters)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "nan": (lambda: draws_of([1.0, float("nan")], "effect"), "effect: draw 2 is nan. Give finite"),
    "infinite": (lambda: draws_of([-np.inf, 1.0], "effect"), "effect: draw 1 is -inf. Give finite"),
    "huge": (lambda: draws_of([1.0, 1e31], "effect"), "none beyond 1e+30"),
    "none": (lambda: draws_of([], "effect"), "effect: there are no draws. Give from 2 to"),
    "one": (lambda: draws_of([1.0], "effect"), "effect: there are 1 draws"),
    "table": (lambda: draws_of([X, X], "effect"), "effect: the draws have shape (2, 2)"),
    "text": (lambda: numbers(np.array(["a"]), "effect"), "effect: these are no numbers"),
    "truth": (lambda: numbers([True, False], "effect"), "effect: these are no numbers"),
    "ragged": (lambda: numbers([[1.0], [1.0, 2.0]], "net"), "net: these are no numbers"),
    "row": (lambda: numbers([[1.0, 2.0], [3.0, np.nan]], "net"), "net: draw 2 is nan"),
    "share": (
        lambda: shares_of([0.2, 1.2, -0.1], "p1"),
        "p1: 2 of 3 draws are outside 0 to 1; draw 2 is 1.2. Give probabilities; decide what",
    ),
    "amount": (lambda: amount(float("nan"), "price"), "price: it is nan. Give a finite number"),
    "words": (lambda: amount("ten", "price"), "price: it is 'ten'"),  # type: ignore[arg-type]
    "negative": (lambda: amount(-1.0, "price", least=0), "price: it is -1. Give 0 or more"),
    "seed": (lambda: generator(-1), "seed: the seed is -1. Give a whole number, 0 or more"),
    "no seed": (lambda: generator(None), "seed: the seed is None"),  # type: ignore[arg-type]
    "no net": (lambda: made(np.empty((0, 1))), "net: there are no draws"),
    "cube": (lambda: made(np.zeros((2, 2, 2))), "net: the net results have shape (2, 2, 2)"),
    "columns": (
        lambda: made(np.zeros((3, 2))),
        "options: there are 2 columns of net results for 1 options",
    ),
    "alike": (
        lambda: made(np.zeros((3, 2)), ("a", "a")),
        "options: two options have one name, or one has none",
    ),
    "lengths": (
        lambda: made(X, effect=[1.0, 2.0, 3.0]),
        "effect: it has 3 draws, the net results have 2. Give as many",
    ),
    "parameter": (
        lambda: made(X, effect=X).draws("cost"),
        "parameters: no parameter is called 'cost'. There are: effect",
    ),
    "option": (lambda: made(X).column("b"), "option: no option is called 'b'. There are: ips"),
    "which": (
        lambda: made(np.zeros((2, 2)), ("a", "b")).column(None),
        "option: none is named. There are: a, b",
    ),
    "choice": (
        made(X).needs_a_choice,
        "options: there is one option, ips. Give two or more; doing nothing",
    ),
    "function": (
        lambda: evaluated(lambda one: one["x"][:1], {"x": X}),
        "net: the net function gave shape (1,) for 2 draws",
    ),
    "no length": (
        lambda: evaluated(lambda one: one["x"], {"x": X, "y": X[:1]}),
        "parameters: the parameters have no common length (x 2, y 1)",
    ),
    "no parameters": (
        lambda: evaluated(lambda _: X, {}),
        "parameters: the parameters have no common length (there are none)",
    ),
    "net of nan": (
        lambda: against_doing_nothing(
            lambda one: one["x"] * np.nan, {"x": X}, option="a", instead="b"
        ),
        "net: draw 1 is nan",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    call, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        call()
    assert words in str(caught.value)


def test_the_arrays_are_copies_that_stay() -> None:
    net = np.array([1.0, 2.0])
    found = made(net, effect=net)
    net[0] = 9.0
    assert found.net[0, 0] == 1.0
    assert found.draws("effect")[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        found.net[0] = 3.0


def test_a_generator_is_taken_as_it_is_and_a_seed_starts_anew() -> None:
    rng = np.random.default_rng(7)
    first = rng.random()
    assert generator(rng) is rng
    assert generator(7).random() == first
    assert generator(rng).random() != first
