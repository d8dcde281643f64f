"""Shares of variance: known shares come back, and they agree with least squares done by itself."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta.choices.variance_shares import variance_shares
from meta.effects.measures import FloatArray


def factorial(*sizes: int) -> list[np.ndarray[tuple[int, ...], np.dtype[np.intp]]]:
    return list(np.unravel_index(np.arange(int(np.prod(sizes))), sizes))


def test_known_shares() -> None:
    # effects -1, 1 of the first, -2, 0, 2 of the second, and a product of both, in three dimensions
    first, second, third = factorial(2, 3, 4)
    a, b = 2.0 * first - 1, 2.0 * second - 2
    squares = np.array([1.0, 8 / 3, 8 / 3 / 4])  # mean squares of a, b and a b / 2
    found = variance_shares(10 + a + b + a * b / 2, [first, second, third], size=14.0)
    assert found is not None
    assert found.balanced
    assert found.of == pytest.approx([*(squares[:2] / squares.sum()), 0.0], abs=1e-12)
    assert found.together == pytest.approx(squares[2] / squares.sum())


def test_what_is_all_the_same_has_no_shares() -> None:
    codes = factorial(2, 2)
    assert variance_shares(np.full(4, 0.3), codes, size=1.0) is None
    assert variance_shares(np.array([0.3, 0.3 + 1e-16, 0.3, 0.3]), codes, size=1.0) is None
    assert variance_shares(np.zeros(4), codes, size=0.0) is None
    assert variance_shares(np.array([1.0]), [codes[0][:1]], size=1.0) is None
    assert variance_shares(np.empty(0), [codes[0][:0]], size=1.0) is None
    assert variance_shares(np.array([0.0, 0.0, 1e-17, 0.0]), codes, size=1e-6) is not None
    assert variance_shares(np.array([0.0, 0.0, 1e-17, 0.0]), codes, size=1e-4) is None
    assert variance_shares(np.array([0.3, 0.3, 0.3, 0.3001]), codes, size=1.0) is not None


def explained(y: FloatArray, codes: list[np.ndarray[tuple[int, ...], np.dtype[np.intp]]]) -> float:
    dummies = [np.ones((len(y), 1)), *(np.eye(int(one.max()) + 1)[one] for one in codes)]
    x = np.concatenate(dummies, axis=1)
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float(((fitted - y.mean()) ** 2).sum())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_shares_are_those_of_least_squares(seed: int, whole: bool) -> None:
    generator = np.random.default_rng(seed)
    codes = factorial(2, 3, 4)
    y = generator.normal(size=24) + codes[1]
    kept = np.ones(24, dtype=bool) if whole else generator.random(24) < 0.7
    y, codes = y[kept], [one[kept] for one in codes]
    if len(y) < 2:
        return
    found = variance_shares(y, codes, size=10.0)
    assert found is not None
    total = float(((y - y.mean()) ** 2).sum())
    full = explained(y, codes)
    wanted = [
        (full - explained(y, [one for b, one in enumerate(codes) if b != a])) / total
        for a in range(3)
    ]
    assert found.of == pytest.approx(wanted, abs=1e-9)
    assert found.together == pytest.approx(1 - full / total, abs=1e-9)
    if whole:
        means = [[y[one == level].mean() for level in range(one.max() + 1)] for one in codes]
        main = [
            float(((np.array(m)[c] - y.mean()) ** 2).sum())
            for m, c in zip(means, codes, strict=True)
        ]
        assert found.of == pytest.approx([one / total for one in main], abs=1e-12)
        assert sum(found.of) + found.together == pytest.approx(1.0)


def test_a_level_that_is_gone_leaves_a_full_factorial() -> None:
    first, second = factorial(3, 2)
    kept = first != 1
    found = variance_shares(np.array([0.0, 1.0, 4.0, 5.0]), [first[kept], second[kept]], size=5.0)
    assert found is not None
    assert found.balanced
    assert found.of == pytest.approx([16 / 17, 1 / 17])


def test_two_choices_that_cannot_be_told_apart_have_no_share_of_their_own() -> None:
    same = np.array([0, 0, 1, 1])
    found = variance_shares(np.array([0.0, 0.1, 1.0, 1.1]), [same, same], size=1.1)
    assert found is not None
    assert not found.balanced
    assert found.of == pytest.approx([0.0, 0.0], abs=1e-12)
    assert found.together == pytest.approx(0.01 / 1.01)


def test_the_last_bit_does_not_depend_on_the_number_of_threads() -> None:
    """A release is verified to the last bit, by the command (one thread) and from Python (all of them)."""
    code = (
        "import numpy as np\n"
        "from meta.choices.variance_shares import variance_shares\n"
        "draws = np.random.default_rng(4)\n"
        "codes = [draws.integers(0, 3, 60_000) for _ in range(5)]\n"
        "values = draws.normal(size=60_000) + sum(codes)\n"
        "found = variance_shares(values, codes, size=20.0)\n"
        "print([one.hex() for one in (*found.of, found.together)])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "3")
    }
    assert len(said) == 1
