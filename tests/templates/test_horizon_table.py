"""The brief's table of horizon models: the numbers of the readings, and notes in Danish."""

import re

import pytest

from registry.analyses import Analysis, analyse
from registry.horizon_exports import LEFT_OUT
from registry.session import transaction
from registry.vocabulary import HORIZON_MODELS
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from templates.catalogue import catalogue
from tests.documents import brief_of

PLAN = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
FACTOR = "{window: 12 months, factor: 1.2, low: 1, high: 1.5, basis: To jobkonsulenter}"


def test_the_table_has_every_reading_and_marks_the_plans(analysis: Analysis) -> None:
    horizons = brief_of(analysis).horizons
    assert horizons.months == "18"
    rows = {
        block.heading: [
            (one.k, one.intervention, one.comparator, one.ratio, one.pooled) for one in block.lines
        ]
        for block in horizons.blocks
    }
    # Pooled effects by R, as in tests/registry/test_horizon_readings.py.
    assert rows == {
        "Andel personer i beskæftigelse": [
            ("3", "58", "23", "2,5", "2,34 [1,11; 4,89]"),
            ("2", "43", "16", "2,7", "2,65 [0,02; 335,12]"),
            ("3", "54", "20", "2,7", "2,54 [1,14; 5,66]"),
        ],
        "Antal arbejdede uger": [
            ("3", "19,0", "7,2", "2,6", "–"),
            ("1", "9,9", "2,6", "3,8", "–"),
            ("3", "18,7", "8,1", "2,3", "–"),
        ],
        "Antal arbejdede timer": [
            ("3", "477,7", "171,7", "2,8", "–"),
            ("1", "196,0", "19,0", "10,3", "–"),
            ("3", "424,7", "164,0", "2,6", "–"),
        ],
    }
    marked = [one.model for block in horizons.blocks for one in block.lines if "brugt" in one.model]
    assert marked == [
        "Omregnes ikke (brugt i dette notat)",
        *["Omregnes proportionalt med tiden (brugt i dette notat)"] * 2,
    ]


def test_the_notes_say_what_is_pooled_and_whom_a_model_leaves_out(analysis: Analysis) -> None:
    notes = brief_of(analysis).horizons.notes
    assert notes[:2] == (
        "Samlet skøn er relativ risiko med konfidensinterval.",
        "Andel personer i beskæftigelse (kun studier, der er målt tæt på tidspunktet): uden Davis m.fl. "
        "(2012), opgjort ved 12 mdr., uden for 13,5–27 mdr.",
    )


def test_an_elicited_factor_is_shown_with_its_ends_and_its_basis(shipped: str) -> None:
    old = "    horizon_model: proportional\n    converted_from"
    assert old in PLAN
    new = old.replace("    converted_from", f"    elicited: [{FACTOR}]\n    converted_from")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(PLAN.replace(old, new, 1))])
        horizons = brief_of(analyse(session, "ips-vive")).horizons
    line = horizons.blocks[1].lines[-1]
    # (9.9 + 21.6 * 1.2) / 2 and (2.6 + 6.8 * 1.2) / 2; Michon's 30 months have no factor.
    assert (line.k, line.intervention, line.comparator) == ("2", "17,9", "5,4")
    assert (
        "Antal arbejdede uger: tal for 12 mdr. ganges med 1,2 (fra 1 til 1,5). To jobkonsulenter."
        in (horizons.notes)
    )
    assert any("over skønnets spænd og afrundingen" in note for note in horizons.notes)
    assert any("intet skøn for 30 mdr." in note for note in horizons.notes)


def test_a_model_without_any_study_is_a_row_of_dashes(shipped: str) -> None:
    with transaction(shipped) as session:
        take_in(session, [check_yaml(PLAN.replace("18 months", "60 months", 1))])
        horizons = brief_of(analyse(session, "ips-vive")).horizons
    line = horizons.blocks[0].lines[1]
    assert (line.k, line.intervention, line.ratio, line.pooled) == ("0", "–", "–", "–")


def test_a_plan_that_moves_shares_says_so_in_its_assumptions(shipped: str) -> None:
    plan = PLAN.replace("horizon_model: none", "horizon_model: constant-hazard", 1)
    plan, found = re.subn(r"        also:(?: .*)?\n(?:          - .*\n)*", "", plan)
    assert found == 2
    with transaction(shipped) as session:
        take_in(session, [check_yaml(plan)])
        brief = brief_of(analyse(session, "ips-vive"))
    assert brief.pooled is not None
    cells = {line.label: line.cells for line in brief.pooled.lines}
    assert cells["Gennemsnit af mange steder: samlet skøn"] == ("2,34", "33,6")
    said = {line.text: (line.value, line.studies) for line in brief.assumptions}
    hazard = (
        "Hændelsesraten er den samme i hver måned, så en andel i løbet af 12 mdr. "
        "kan omregnes til 18 mdr."
    )
    assert said[hazard] == ("eksponent 1,5", "Davis m.fl. (2012)")


@pytest.mark.parametrize("reason", LEFT_OUT)
def test_every_reason_has_words(reason: str) -> None:
    assert f"unusable.{reason}" in catalogue("da").texts


@pytest.mark.parametrize(
    "step",
    [
        "proportional-horizon",
        "constant-hazard",
        "within-landmark",
        "horizon-ignored",
        "elicited-factor",
        "days-per-week",
        "weeks-per-month",
    ],
)
def test_every_step_has_words(step: str) -> None:
    assert {f"assume.{step}", f"value.{step}"} <= set(catalogue("da").texts)
    assert all(model.da for model in HORIZON_MODELS.values())
