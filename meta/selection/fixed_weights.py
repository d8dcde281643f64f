"""Weights chosen beforehand instead of estimated: Vevea and Woods' four sets, and named step functions."""

from collections.abc import Mapping

STEPS = (*(0.005, 0.01, 0.05, 0.10, 0.25, 0.35, 0.50, 0.65, 0.75, 0.90, 0.95, 0.99, 0.995, 1.0),)
VEVEA_WOODS: Mapping[str, tuple[float, ...]] = {
    "moderate-one-tailed": (
        *(1, 0.99, 0.95, 0.80, 0.75, 0.65, 0.60, 0.55, 0.50, 0.50, 0.50, 0.50, 0.50, 0.50),
    ),
    "severe-one-tailed": (
        *(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.40, 0.35, 0.30, 0.25, 0.10, 0.10, 0.10, 0.10),
    ),
    "moderate-two-tailed": (
        *(1, 0.99, 0.95, 0.90, 0.80, 0.75, 0.60, 0.60, 0.75, 0.80, 0.90, 0.95, 0.99, 1.00),
    ),
    "severe-two-tailed": (
        *(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.25, 0.25, 0.50, 0.60, 0.75, 0.90, 0.99, 1.00),
    ),
}
"""Table 1 of Vevea and Woods (2005), doi:10.1037/1082-989X.10.4.428, for one-sided p-values up to `STEPS`."""

NAMED_STEPS: Mapping[str, tuple[float, ...]] = {"3PSM": (0.025,), "4PSM": (0.025, 0.5)}
"""The three- and the four-parameter selection model: McShane, Böckenholt and Hansen (2016),
doi:10.1177/1745691616662243; Carter et al. (2019), doi:10.1177/2515245919847196. Steps are one-sided."""
