"""Beta blockade after heart attacks: Yusuf, Peto, Lewis, Collins and Sleight (1985).

doi:10.1016/S0033-0620(85)80003-7. The trials of table 6 as in metadat's ``dat.yusuf1985``; page 107 has
an odds ratio of 0.93 with an interval from 0.74 to 1.18, by Peto's method.
The page is the one that metafor's own tests name for the figure.
"""

from meta.models.stratified import peto_odds_ratio

# deaths and people with beta blockade, the same without; one trial's numbers are missing
TRIALS = [
    (14, 56, 15, 58),
    (18, 66, 19, 64),
    (15, 100, 12, 95),
    (10, 52, 12, 47),
    (21, 226, 24, 228),
    (3, 38, 6, 31),
    (2, 20, 3, 20),
    (None, None, None, None),
    (19, 76, 15, 67),
    (15, 106, 9, 114),
    (5, 62, 4, 57),
    (0, 9, 0, 8),
    (8, 133, 11, 127),
    (3, 48, 3, 49),
    (0, 16, 0, 13),
    (1, 42, 1, 46),
    (0, 25, 3, 25),
    (14, 221, 15, 228),
    (0, 11, 0, 11),
    (8, 259, 7, 129),
    (6, 157, 4, 158),
    (3, 177, 2, 136),
]


def test_the_published_odds_ratio() -> None:
    columns = dict(
        zip(("ai", "n1i", "ci", "n2i"), map(list, zip(*TRIALS, strict=True)), strict=True)
    )
    natural = peto_odds_ratio(columns).to_dict()["natural"]
    found = [f"{natural[key]:.2f}" for key in ("estimate", "ci_low", "ci_high")]
    assert found == ["0.93", "0.74", "1.18"]
