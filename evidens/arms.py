"""What ``evidens pool --arms`` does with a table: means of each arm, their ratio and difference."""

from fractions import Fraction

from evidens.pooling import labels_of
from meta.choices.horizons import Assumption
from meta.faults import fault
from meta.models.arm_synthesis import (
    COLUMNS,
    ArmSynthesis,
    arm_synthesis,
    assumed_sd,
    borrowed_sd,
    sd_per_mean,
)
from studies.sheets import Sheet


def arms_of(
    sheet: Sheet,
    weighting: str,
    *,
    interval: str,
    level: float,
    missing_sd: str | None,
    seed: int | None,
) -> ArmSynthesis:
    """Average the arms of a table's studies.

    Parameters
    ----------
    sheet : Sheet
        With the columns m1i and m2i, and sd1i, n1i, sd2i, n2i where they are known.
    weighting, interval, level, seed
        As in `meta.models.arm_synthesis.arm_synthesis`.
    missing_sd : str or None
        What stands for a standard deviation that is missing: a number, a multiple of the mean as in
        ``1.5x``, or ``borrowed`` for the pooled one of the arms that report one.

    Raises
    ------
    InputError
        A column is missing, `missing_sd` is none of the three, or what `arm_synthesis` refuses.
    """
    missing = [name for name in ("m1i", "m2i") if name not in sheet.header]
    if missing:
        raise fault(
            f"--arms needs the column {' and '.join(missing)}, which the file lacks",
            f"Add it; the file has {', '.join(sheet.header)}.",
            file=sheet.name,
        )
    columns = {name: sheet.numbers[name] for name in COLUMNS if name in sheet.numbers}
    labels = labels_of(sheet)
    return arm_synthesis(
        columns,
        labels=None
        if labels is None
        else [label or f"row {row}" for row, label in enumerate(labels, start=1)],
        weighting=weighting,
        interval_method=interval,
        level=level,
        missing_sd=None if missing_sd is None else _assumption(missing_sd, columns),
        seed=seed,
    )


def _assumption(text: str, columns: dict[str, tuple[float | None, ...]]) -> Assumption:
    if text == "borrowed":
        return borrowed_sd(columns)
    number = text.removesuffix("x")
    if not number.isascii() or not number.replace(".", "", 1).isdigit():
        raise fault(
            f"--missing-sd {text!r} is no standard deviation",
            "Write a number, a multiple of the mean as in 1.5x, or borrowed.",
        )
    return sd_per_mean(Fraction(number)) if text.endswith("x") else assumed_sd(Fraction(number))
