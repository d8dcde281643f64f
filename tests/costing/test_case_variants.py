"""The same case elsewhere: against the case written out, formulas of the horizon models, and facts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from evidens.cases import case_file
from tests.costing.test_simulation import written_out
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]
CASE = ("case", "compare", "vive-ips-refugees", "--draws", "2000")


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """What the command printed on each engine: it changes nothing, and is asked once."""
    return {}


@pytest.fixture
def content(evidens: Run, shipped: str, printed: dict[str, str]) -> Any:
    engine = sa.make_url(shipped).get_backend_name()
    if engine not in printed:
        code, out, err = evidens(*CASE, "--json", "--db", shipped)
        assert (code, err) == (0, "")
        assert evidens(*CASE, "--json", "--db", shipped)[1] == out
        printed[engine] = out
    return json.loads(printed[engine])


def test_variants_are_the_case_written_out_at_their_shares(content: Any) -> None:
    rows = {one["variant"]: one for one in content["variants"]}
    assert list(rows) == ["note", "nordic", "all-trials", "prices-2015"]
    for name in ("note", "nordic", "all-trials"):
        one = rows[name]
        wanted = written_out(one["with"] / 100, one["without"] / 100)
        # The constants of the sum by hand have 16 digits.
        assert one["gain"] == pytest.approx(wanted, rel=1e-9), name
    # The printed shares: 46, 39 and 76 per cent, 11, 20 and 28.
    note = rows["note"]
    assert (note["with"], note["without"]) == pytest.approx((161 / 3, 59 / 3), rel=1e-12)
    # Two of the three Nordic trials saw smaller effects, and they differ more.
    nordic, site = rows["nordic"]["next_site"], note["next_site"]
    assert nordic["saves"]["value"] < site["saves"]["value"]
    assert rows["nordic"]["gain"] < note["gain"]


def test_each_variant_says_what_it_rests_on(content: Any) -> None:
    sources = {one["variant"]: one["source"] for one in content["variants"]}
    assert sources["note"].startswith("release ips-vive@2026.1, SHA-256 ")
    assert sources["nordic"] == "ips-nordic version 2026.1, from the registry as it is now"
    assert sources["all-trials"].startswith("ips-employment version ")
    assert "ILON12" in sources["prices-2015"]
    assert sources["prices-2015"].endswith("read 2017-05-15")


def test_prices_of_another_year_are_by_the_facts_of_the_index(content: Any) -> None:
    rows = {one["variant"]: one for one in content["variants"]}
    one, other = rows["prices-2015"], rows["note"]
    rate = 84_991 / 86_494  # the usual service's cost, as the note prints it for both years
    assert one["price_year"] == 2015
    assert one["gain"] == pytest.approx(other["gain"] * rate, rel=1e-12)
    for key in ("mean", "sd"):
        there, here = one["next_site"][key]["value"], other["next_site"][key]["value"]
        assert there == pytest.approx(here * rate, rel=1e-12)
    assert one["next_site"]["saves"] == other["next_site"]["saves"]


def test_each_horizon_model_gives_the_shares_of_its_formula(content: Any) -> None:
    rows = {tuple(one["models"].values()): one for one in content["horizons"]}
    assert len(rows) == 9
    (plan,) = [one for one in content["horizons"] if one["chosen"]]
    assert plan["models"] == {"competitive-employment": "none", "weeks-worked": "proportional"}
    assert plan["gain"] == pytest.approx(content["variants"][0]["gain"], rel=1e-12)
    moved = rows["constant-hazard", "proportional"]
    # Bejerholm and Michon counted over 18 months, Davis over 12; the chance is the same every month.
    for side, (first, second, third) in {"with": (46, 39, 76), "without": (11, 20, 28)}.items():
        later = [first, second, 100 * (1 - (1 - third / 100) ** 1.5)]
        (share,) = [one for one in moved["values"] if one["quantity"] == "share-in-work"]
        # The power is a float of 16 digits in the program too.
        assert share[side] == pytest.approx(sum(later) / 3, rel=1e-9)
    landmark = rows["none", "landmark-only"]
    assert (landmark["gain"], landmark["values"]) == (None, [])
    assert landmark["reason"] == "weeks-in-work: the horizon models leave out different studies"


def test_the_command_prints_one_table_of_variants(evidens: Run, shipped: str) -> None:
    code, out, err = evidens(*CASE, "--perspective", "municipality", "--db", shipped)
    assert (code, err) == (0, "")
    assert "Standard. The municipality. Gain of IPS over Usual employment service" in out
    assert "Nordic trials        2016    15.5%  44.0%" in out
    assert "By horizon model, ips-vive@2026.1:" in out


BROKEN = {
    "an index year without data": (
        "price_year: 2015, index: ilon12}",
        "price_year: 2024, index: ilon12}",
        "variants[4].price_year: the index has no value for 2024. It has 2015, 2016; add the fact",
    ),
    "a price year without an index": (
        "price_year: 2015, index: ilon12}",
        "price_year: 2015}",
        "variants[4].price_year: there is no index to convert it. Use one of: ilon12.",
    ),
    "an index that is not there": (
        "price_year: 2015, index: ilon12}",
        "price_year: 2015, index: ilon13}",
        "variants[4].price_year: there is no index 'ilon13' to convert it. Did you mean 'ilon12'?",
    ),
    "two ways at once": (
        "price_year: 2015, index: ilon12}",
        "price_year: 2015, index: ilon12, estimate: ips-nordic}",
        "variants[4]: a variant has another estimate or another price year. Write one of the two.",
    ),
    "a name twice": (
        "variant: nordic",
        "variant: note",
        "variants[2].variant: 'note' stands here twice. Rename one.",
    ),
    "an unknown estimate": (
        "estimate: ips-nordic}",
        "estimate: ips-nordics}",
        "variants[2].estimate: there is no synthesis 'ips-nordics'. Did you mean 'ips-nordic'?",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_variants_are_refused(
    name: str, evidens: Run, sqlite_databases: SqliteFiles, tmp_path: Path
) -> None:
    text = case_file("vive-ips-refugees").read_text(encoding="utf-8")
    old, new, message = BROKEN[name]
    assert old in text
    file = tmp_path / "case.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    url = sqlite_databases.filled(take_in_the_collection)
    code, out, err = evidens("case", "compare", str(file), "--draws", "10", "--db", url)
    assert (code, out) == (1, "")
    assert message in err
    assert err.startswith(f"{file}:")
