"""Means of arms as plain text, laid out as the other printouts."""

from meta.models.arm_synthesis import ArmSynthesis, ArmValue
from meta.models.text_tables import fixed, listed, table

NAMES = {
    "unweighted": "unweighted means",
    "n": "means weighted by numbers of people",
    "inverse-variance": "means weighted by inverse variance",
}


def summary(result: ArmSynthesis) -> str:
    """Return a printout: method, means with ratio and difference, studies, assumptions, notes.

    Parameters
    ----------
    result : ArmSynthesis

    Returns
    -------
    str
        Lines of text without a final line break; numbers are rounded half up to four decimals.

    Examples
    --------
    >>> from meta.models.arm_synthesis import arm_synthesis
    >>> print(summary(arm_synthesis({"m1i": [46, 39, 76], "m2i": [11, 20, 28]})).splitlines()[0])
    Arms averaged by themselves: unweighted means (k = 3), not a pooled estimate
    """
    percent = fixed(100 * result.level, 0)
    rows = [["", "estimate", "se", f"{percent}% from", "to"]]
    for name, value in (
        ("intervention", result.intervention),
        ("comparator", result.comparator),
        ("ratio", result.ratio),
        ("difference", result.difference),
    ):
        if value is not None:
            rows.append([name, *_cells(value)])
    drawn = f", {result.draws} draws with seed {result.seed}" if result.draws is not None else ""
    weights = zip(
        result.labels, result.intervention_weights, result.comparator_weights, strict=True
    )
    blocks = [
        [
            f"Arms averaged by themselves: {NAMES[result.weighting]} (k = {result.k}), "
            "not a pooled estimate",
            f"Intervals: {result.interval_method}{drawn}",
        ],
        table(rows, words=1),
        table(
            [
                ["study", "intervention", "comparator"],
                *([label, f"{fixed(one, 2)}%", f"{fixed(two, 2)}%"] for label, one, two in weights),
            ],
            words=1,
        ),
        listed(
            "Assumed:", [f"{one.name}: {fixed(float(one.value))}" for one in result.assumptions]
        ),
        listed("Imputed:", list(result.imputed)),
        listed("Excluded:", [f"{one.label}: {one.reason}" for one in result.excluded]),
        listed("Notes:", [note.text for note in result.notes]),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _cells(value: ArmValue) -> list[str]:
    ends = (value.ci.low, value.ci.high) if value.ci else (None, None)
    return [fixed(value.estimate), fixed(value.se), *map(fixed, ends)]
