"""``evidens synthesis run``: what else is said of the pooled effects."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from studies.ingest import COLLECTION

Run = Callable[..., tuple[int, str, str]]


def edited(folder: Path, old: str, new: str) -> Path:
    text = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    assert old in text
    file = folder / "ips-vive.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_the_panel_and_what_the_plan_asks_for(evidens: Run, shipped: str, tmp_path: Path) -> None:
    old = "also: [leave-one-out, fragility, e-value]"
    new = "also: [leave-one-out, egger, cumulative:by=year]"
    file = edited(tmp_path, old, new)
    assert evidens("load", str(file), "--db", shipped)[0] == 0
    code, out, err = evidens("synthesis", "run", "ips-vive", "--db", shipped)
    assert (code, err) == (0, "")
    # the eight estimators of the panel, and the plan's analyses in its order, under the risk ratio
    start = out.index("competitive-employment, RR: Panel of Estimators:")
    for line in ("\nEE  ", "\nREML  ", "\nunweighted  ", "\nBayes (half-normal:0.5)  "):
        start = out.index(line, start)
    start = out.index("competitive-employment, RR, leave-one-out: Leave-One-Out", start)
    start = out.index(
        "competitive-employment, RR, egger: not done: the regression test: 3 studies, and fewer than 10",
        start,
    )
    start = out.index("competitive-employment, RR, cumulative: Cumulative Meta-Analysis", start)
    assert out.index("\nDavis m.fl. (2012)", start) < out.index("\nBejerholm m.fl. (2015)", start)
    document = json.loads(evidens("synthesis", "run", "ips-vive", "--json", "--db", shipped)[1])
    ratio = document["pooled"][0]
    assert [one["analysis"] for one in ratio["also"]] == ["leave-one-out", "egger", "cumulative"]
    assert ratio["also"][1]["result"] is None
    assert ratio["also"][1]["refused"].startswith("the regression test: 3 studies")
    assert ratio["also"][2]["options"] == {"by": "year"}
    assert len(ratio["panel"]["choices"]) == 27
    assert ratio["over_all_counts"]["estimate"][0] < ratio["over_all_counts"]["average"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("goshh", "there is no 'goshh'. Use gosh."),
        ("rho-sweep", "there is no 'rho-sweep'."),
        ("nnt", "nnt needs events (what they are to those who have them)."),
        ("cumulative:by=size", "studies are not put in order by 'size'. Write by=year."),
        ("gosh:subsets=x", "gosh:subsets is 'x', no number."),
    ],
)
def test_a_plan_that_asks_for_what_there_is_not_is_refused(
    evidens: Run, tmp_path: Path, asked: str, message: str
) -> None:
    old, new = "also: [leave-one-out, fragility, e-value]", f"also: [leave-one-out, '{asked}']"
    file = edited(tmp_path, old, new)
    line = next(
        number
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if asked in text
    )
    code, out, err = evidens("check", str(file))
    assert (code, out) == (1, "")
    assert f"ips-vive.yaml:{line}: outcomes[1].effects[1].also[2]: {message}" in err
