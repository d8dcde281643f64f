"""What the database itself refuses of overlaps, results, contrasts and reconstructed counts."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from registry import tables
from registry.queries import parts
from registry.session import transaction


def written(shipped: str, row: SQLModel) -> None:
    with transaction(shipped) as session:
        session.add(row)


def first(session: Session, table: Any, study: str) -> Any:
    return session.exec(select(table).where(table.study_id == study)).first()


@pytest.mark.parametrize(
    ("other", "rule"),
    [("bond-2012", "ck_overlap_other"), ("no-such-study", "(?i)foreign key")],
)
def test_an_overlap_is_with_another_study_that_is_there(
    other: str, rule: str, shipped: str
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        written(shipped, tables.Overlap(study_id="bond-2012", other_id=other, position=9))


def test_two_studies_may_name_each_other_in_one_transaction(shipped: str) -> None:
    with transaction(shipped) as session:
        session.add(tables.Overlap(study_id="kora-2016", other_id="later", position=0))
        session.flush()
        study = session.get_one(tables.Study, "kora-2016").model_dump() | {"id": "later"}
        session.add(tables.Study(**study))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"window": "18 mdr"}, "ck_result_window_form"),
        ({"window": "18 MONTHS"}, "ck_result_window_form"),
        ({"window": "Not-printed"}, "ck_result_window_form"),
        ({"window": "18 Ø months"}, "ck_result_window_form"),
        ({"window": None}, "ck_result_window"),
        ({"currency": "XTS"}, "(?i)foreign key"),
        ({"p": ""}, "ck_result_p"),
        ({"disputed": ""}, "ck_result_disputed"),
        ({"outcome": "work"}, "ck_result_outcome"),
    ],
)
def test_results(change: dict[str, Any], rule: str, shipped: str) -> None:
    with transaction(shipped) as session:
        row = first(session, tables.Result, "mueser-2004").model_dump()
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        written(shipped, tables.Result(**row | {"id": 10**6, "position": 9} | change))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"versus_id": "usual"}, "ck_contrast_between"),
        ({"arm_id": "usual", "versus_id": "usual"}, "ck_contrast_arms"),
        ({"arm_id": "no-arm", "versus_id": "usual"}, "(?i)foreign key"),
        ({"study_id": "davis-2012"}, "(?i)foreign key"),
        ({"type": "hunch"}, "ck_contrast_type"),
        ({"ci_low": "1.0"}, "ck_contrast_interval"),
    ],
)
def test_contrasts(change: dict[str, Any], rule: str, shipped: str) -> None:
    with transaction(shipped) as session:
        result = parts(session, tables.Result, "mueser-2004")[0]
        row = {
            "result_id": result.id,
            "study_id": "mueser-2004",
            "type": "risk-ratio",
            "estimate": "2.7",
        }
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        written(shipped, tables.Contrast(**row | change))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"k": 0}, "ck_pooled_k"),
        ({"n": 0}, "ck_pooled_n"),
        ({"i2": "140"}, "ck_pooled_i2"),
        ({"i2": "high"}, "ck_pooled_i2"),
        ({"result_id": 99_999}, "(?i)foreign key"),
        ({"study_id": "kora-2016"}, "(?i)foreign key"),
    ],
)
def test_pooled(change: dict[str, Any], rule: str, shipped: str) -> None:
    with transaction(shipped) as session:
        result = parts(session, tables.Result, "mueser-2004")[0].id
    row = {"result_id": result, "study_id": "mueser-2004"}
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        written(shipped, tables.Pooled(**row | change))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"events": 70}, "ck_reconstructed_count_events"),
        ({"events": -1}, "ck_reconstructed_count_events"),
        ({"events": 0, "n": 0}, "ck_reconstructed_count_events"),
        ({"arm_id": "no-arm"}, "(?i)foreign key"),
        ({"study_id": "davis-2012"}, "(?i)foreign key"),
    ],
)
def test_reconstructed_counts(change: dict[str, Any], rule: str, shipped: str) -> None:
    with transaction(shipped) as session:
        count = first(session, tables.ReconstructedCount, "mueser-2004")
        row = count.model_dump()
        session.delete(count)
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        written(shipped, tables.ReconstructedCount(**row | change))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"basis": ""}, "ck_reconstruction_basis"),
        ({"study_id": "davis-2012"}, "(?i)foreign key"),
        ({"result_id": 99_999}, "(?i)foreign key"),
    ],
)
def test_reconstructions(change: dict[str, Any], rule: str, shipped: str) -> None:
    with transaction(shipped) as session:
        result = parts(session, tables.Result, "mueser-2004")[1]
        row = {"result_id": result.id, "study_id": "mueser-2004", "basis": "A guess."}
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        written(shipped, tables.Reconstruction(**row | change))


@pytest.mark.parametrize(
    "printed",
    [
        "",
        ".",
        "..",
        "4.6.0",
        "-1",
        "100.1",
        "460",
        "1e1",
        "0x10",
        " 46",
        "46 %",
        "4,6",
        "abc",
        "NaN",
        "٤٦",
    ],
)
def test_a_percentage_is_a_number_from_0_to_100(printed: str, shipped: str) -> None:
    with transaction(shipped) as session:
        value = session.exec(
            select(tables.Value).where(tables.Value.statistic == "percent")
        ).first()
        assert value is not None
        row = value.model_dump() | {"printed": printed}
        session.delete(value)
    with pytest.raises(sa.exc.IntegrityError, match="ck_value_percent"):
        written(shipped, tables.Value(**row))


@pytest.mark.parametrize("printed", ["0", "100", "99.99", "0.0", "46", "100.000"])
def test_every_percentage_is_allowed(printed: str, shipped: str) -> None:
    with transaction(shipped) as session:
        value = session.exec(
            select(tables.Value).where(tables.Value.statistic == "percent")
        ).first()
        assert value is not None
        value.printed = printed
