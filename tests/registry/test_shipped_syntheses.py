"""The syntheses that are shipped: whom each takes, by hand, and its estimate, by R."""

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.analyses import analyse
from registry.session import reading
from studies.ingest import COLLECTION

Run = Callable[..., tuple[int, str, str]]
SHIPPED = sorted(file.stem for file in (COLLECTION / "syntheses").glob("*.yaml"))

# Studies with the tier of their counts; then R's metafor 3.8-1, REML with Knapp and Hartung (z for one
# study), control threshold and tol 1e-12, on the tables shown: estimate and interval ends of the analysis.
SYNTHESES = {
    "ips-nordic": (
        {
            "sveinsdottir-2020": "reconstructed",
            "christensen-2019": "reported",
            "bejerholm-2015": "admitted",
        },
        21,
        {
            "RR": (1.0593688669, -0.9055816767, 3.0243194105),
            "RD": (0.2714932937, -0.1364443191, 0.6794309064),
        },
    ),
    "ips-ptsd": (
        {"davis-2012": "derived"},
        1,
        {
            "RR": (1.0043597504, 0.4950782962, 1.5136412047),
            "RD": (0.4828349945, 0.2969169257, 0.6687530633),
        },
    ),
    "ips-other-conditions": (
        {
            "sveinsdottir-2020": "reconstructed",
            "lones-2017": "reconstructed",
            "davis-2012": "derived",
            "ottomanelli-2012": "reconstructed",
        },
        1,
        {
            "RR": (1.1240836773, 0.4387605584, 1.8094067963),
            "RD": (0.3580789947, 0.1081586682, 0.6079993212),
        },
    ),
}


@pytest.mark.parametrize("name", SYNTHESES)
def test_whom_it_takes_and_what_comes_out(shipped: str, name: str) -> None:
    with reading(shipped) as session:
        (outcome,) = analyse(session, name).outcomes
    studies, fits, estimates = SYNTHESES[name]
    for envelope in outcome.pooled:
        assert {one.study: one.tier for one in envelope.counts} == studies
        assert envelope.fits == fits
        fit = envelope.shown.to_dict()
        # Ten decimals were printed by R.
        assert [fit[key] for key in ("estimate", "ci_low", "ci_high")] == pytest.approx(
            estimates[envelope.measure], abs=1e-9
        )


def test_every_synthesis_is_tested_somewhere() -> None:
    assert {*SYNTHESES, "ips-vive", "ips-employment"} == set(SHIPPED)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", SHIPPED)
def test_every_synthesis_has_a_brief(shipped: str, evidens: Run, tmp_path: Path, name: str) -> None:
    kinds = ("--kind", "appendix", "--to", "html,md,pdf", "--out", "out", "--db", shipped)
    code, _, err = evidens("brief", name, *kinds)
    assert code == 0, err
    text = (tmp_path / "out" / f"{name}.appendix.da.md").read_text(encoding="utf-8")
    assert "Individual Placement and Support" in text
    # No empty value, no gap of a phrase and no word of the vocabulary has slipped into the Danish text.
    for word in ("None", "{", "}", "unusable", "reconstructed", "derived"):
        assert word not in text[: text.index("## Kilder")], word


def test_a_reconstructed_count_is_an_assumption_with_its_numbers(shipped: str) -> None:
    with reading(shipped) as session:
        analysis = analyse(session, "ips-other-conditions")
    found = {
        labels: tuple(int(value) for _, value in step.detail)
        for step, labels in analysis.assumptions
        if step.name == "reconstructed-counts"
    }
    assert found == {
        ("Sveinsdottir m.fl. (2020)",): (22, 46, 3, 37),
        ("Lones m.fl. (2017)",): (11, 22, 1, 23),
        ("Ottomanelli m.fl. (2012)",): (21, 81, 8, 76),
    }
