"""``evidens pool --arms``: means of arms from a table, against VIVE's note and against the formulas."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

SHARES = "study,m1i,m2i\nBejerholm,46,11\nMichon,39,20\nDavis,76,28\n"
MEANS = "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,46,10,41,11,9,46\nB,39,12,71,20,,80\n"


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "arms.csv").write_text(text, encoding="utf-8")
        return "arms.csv"

    return write


def test_the_unweighted_means_of_the_note(evidens: Run, table: Callable[[str], str]) -> None:
    """Table 3.1 prints 54 and 20 per cent and a relative difference of 2.7."""
    code, out, _ = evidens("pool", table(SHARES), "--arms", "unweighted", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["intervention"]["estimate"] == pytest.approx(161 / 3, rel=1e-15)
    assert found["comparator"]["estimate"] == pytest.approx(59 / 3, rel=1e-15)
    assert found["ratio"]["estimate"] == pytest.approx(161 / 59, rel=1e-15)
    assert found["ratio"]["ci_low"] is None
    code, out, _ = evidens("pool", "arms.csv", "--arms", "unweighted")
    assert "unweighted means (k = 3), not a pooled estimate" in out
    assert "53.6667" in out
    assert "2.7288" in out
    assert "There is no interval" in out


def test_inverse_variance_with_a_borrowed_deviation(
    evidens: Run, table: Callable[[str], str]
) -> None:
    code, out, _ = evidens(
        "pool",
        table(MEANS),
        "--arms",
        "inverse-variance",
        "--missing-sd",
        "borrowed",
        "--json",
    )
    found = json.loads(out)
    assert code == 0
    # The pooled deviation of the three arms that report one, and weights n / sd^2, by hand.
    borrowed = math.sqrt((40 * 10**2 + 45 * 9**2 + 70 * 12**2) / (40 + 45 + 70))
    weights = [46 / 9**2, 80 / borrowed**2]
    mean = (weights[0] * 11 + weights[1] * 20) / sum(weights)
    assert found["comparator"]["estimate"] == pytest.approx(mean, rel=1e-14)
    assert found["comparator"]["se"] == pytest.approx(1 / math.sqrt(sum(weights)), rel=1e-14)
    assert found["imputed"] == ["B, comparator"]
    assert found["assumptions"] == [{"name": "sd-borrowed", "value": pytest.approx(borrowed)}]


@pytest.mark.parametrize(
    ("given", "name", "value"), [("12.5", "sd-assumed", 12.5), ("1.5x", "sd-per-mean", 1.5)]
)
def test_assumptions_are_named(
    given: str, name: str, value: float, evidens: Run, table: Callable[[str], str]
) -> None:
    code, out, _ = evidens("pool", table(MEANS), "--arms", "n", "--missing-sd", given, "--json")
    assert code == 0
    assert json.loads(out)["assumptions"] == [{"name": name, "value": value}]


def test_a_bootstrap_is_had_again_by_its_seed(evidens: Run, table: Callable[[str], str]) -> None:
    arguments = ("--arms", "n", "--interval", "bootstrap-studies", "--seed", "3", "--json")
    first, second = (evidens("pool", table(SHARES_WITH_N), *arguments)[1] for _ in range(2))
    assert first == second
    assert json.loads(first)["ratio"]["ci_low"] is not None


SHARES_WITH_N = "study,m1i,n1i,m2i,n2i\nA,46,41,11,46\nB,39,71,20,80\nC,76,42,28,43\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--arms", "best"], 2, "'best' is not one of unweighted, n, inverse-variance"),
        (["--arms", "n", "--interval", "wide"], 2, "'wide' is not one of delta"),
        (["--arms", "n", "--mods", "~ m1i"], 2, "--arms averages each arm by itself, without"),
        (["--arms", "n", "--measure", "MD"], 2, "--arms averages each arm by itself, without"),
        (["--missing-sd", "3"], 2, "it needs --arms."),
        (["--arms", "n", "--missing-sd", "lots"], 1, "'lots' is no standard deviation"),
        (["--arms", "n", "--missing-sd", "-3"], 1, "'-3' is no standard deviation"),
        (["--arms", "n", "--missing-sd", "0"], 1, "Assume a positive value."),
        (["--arms", "n", "--interval", "bootstrap-studies"], 1, "Give a seed"),
    ],
)
def test_what_makes_no_sense_is_said(
    arguments: list[str], code: int, words: str, evidens: Run, table: Callable[[str], str]
) -> None:
    found, out, err = evidens("pool", table(MEANS), *arguments)
    assert (found, out) == (code, "")
    assert words in " ".join(err.replace("│", " ").split())


def test_a_table_without_means_is_said(evidens: Run, table: Callable[[str], str]) -> None:
    code, _, err = evidens("pool", table("study,m1i\nA,1\n"), "--arms", "n")
    assert code == 1
    assert "arms.csv: --arms needs the column m2i, which the file lacks." in err
