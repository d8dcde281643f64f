"""How a figure is taken: CPU time, runs of all programs in turn, the median of the ratios of each turn."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

TURNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    job : str
    seconds : mapping of str to float
        Median CPU time of each program for the whole job; "evidens" is among them.
    ratios : mapping of str to float
        Of each other program to Evidens: the median over turns.
    goals : mapping of str to float
        The ratio wanted, at least for "metafor" and at most, turned round, for "C".
    remark : str
        What was extrapolated or left out.
    """

    job: str
    seconds: Mapping[str, float]
    ratios: Mapping[str, float]
    goals: Mapping[str, float]
    remark: str = ""


def cpu(call: Callable[[], object], times: int = 1) -> Callable[[], float]:
    """Return a function that measures the CPU time of one call, as the mean of several in a row."""

    def measure() -> float:
        start = time.process_time()
        for _ in range(times):
            call()
        return (time.process_time() - start) / times

    return measure


def in_turns(
    job: str,
    programs: Mapping[str, Callable[[], float] | None],
    goals: Mapping[str, float],
    remark: str = "",
) -> Row:
    """Measure programs in turn and return their ratios; a program that is not there is None."""
    present = {name: measure for name, measure in programs.items() if measure is not None}
    present["evidens"]()  # the first call loads what later ones find loaded
    turns = [{name: measure() for name, measure in present.items()} for _ in range(TURNS)]
    return Row(
        job=job,
        seconds={name: median(turn[name] for turn in turns) for name in present},
        ratios={
            name: median(turn[name] / turn["evidens"] for turn in turns)
            for name in present
            if name != "evidens"
        },
        goals=goals,
        remark=remark,
    )
