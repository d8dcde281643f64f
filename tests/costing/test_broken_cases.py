"""Broken cases, message by message: the shipped case with one thing changed, through the command."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from evidens.cases import case_file
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]
TEXT = case_file("vive-ips-refugees").read_text(encoding="utf-8")
UNITS = "Use people, months, weeks, hours, per cent, share, times, DKK, DKK each, DKK a month, DKK a year."

# What is replaced, by what, the text of the line that the message must name, and what the message says.
BROKEN = {
    "an unknown unit": (
        "weeks-in-work:\n    label: Weeks for each who gets work\n    unit: weeks",
        "weeks-in-work:\n    label: Weeks for each who gets work\n    unit: fortnights",
        "unit: fortnights",
        f"quantities.weeks-in-work.unit: there is no unit 'fortnights'. {UNITS}",
    ),
    "a unit in another currency": (
        "new-service: {label: New service for a citizen, unit: DKK a month",
        "new-service: {label: New service for a citizen, unit: EUR a month",
        "unit: EUR a month",
        "quantities.new-service.unit: 'EUR a month' is not in the case's currency DKK. Convert it,",
    ),
    "no unit": (
        "new-service: {label: New service for a citizen, unit: DKK a month, fact",
        "new-service: {label: New service for a citizen, fact",
        "new-service: {label: New service for a citizen, fact",
        "quantities.new-service: a quantity without a unit. Write unit:",
    ),
    "an unknown currency": (
        "currency: DKK",
        "currency: KRO",
        "currency: KRO",
        "currency: 'KRO' is no currency. Write its code, as in DKK.",
    ),
    "months in no phase": (
        "label: Months 19-30, from: 19,",
        "label: Months 19-30, from: 21,",
        "from: 21",
        "phases[2].from: months 19 to 20 are in no phase. Begin with month 19.",
    ),
    "months in two phases": (
        "label: Months 19-30, from: 19,",
        "label: Months 19-30, from: 18,",
        "from: 18",
        "phases[2].from: months 18 to 18 are in course and in new-service. Begin with month 19.",
    ),
    "months that do not add up": (
        "\nmonths: 36",
        "\nmonths: 37",
        "months: 37",
        "months: the phases end in month 36, the case in month 37. Make the two agree.",
    ),
    "a phase that ends before it begins": (
        "from: 31, to: 36",
        "from: 31, to: 30",
        "from: 31, to: 30",
        "phases[3]: the phase ends in month 30, before month 31.",
    ),
    "a phase that does not begin with month 1": (
        "from: 1, to: 18",
        "from: 2, to: 18",
        "from: 2,",
        "phases[1].from: the first phase begins in month 2. Begin with month 1.",
    ),
    "a month that is none": (
        "from: 31, to: 36",
        "from: 31, to: 3600",
        "to: 3600",
        "phases[3].to: '3600' is no month. Write a whole number from 1 to 1200.",
    ),
    "more months than the phase": (
        "months-in-work-unrounded: {unit: months, quotient: [weeks-in-work, weeks-a-month]}",
        "months-in-work-unrounded: {unit: months, product: [weeks-in-work, weeks-a-month]}",
        "months: months-in-work\n    amount: allowance",
        "lines[4].months: more months of 'months-in-work' than the phase course has.",
    ),
    "fewer months than none": (
        "difference: [course, months-in-work]",
        "difference: [months-in-work, course]",
        "  months-without-work:\n",
        "quantities.months-without-work: 'months-without-work' is -9.5 months, below 0.",
    ),
    "months of a line beyond its phase": (
        "months: months-in-work\n    amount: allowance\n",
        "months: months-worked-by-all\n    amount: allowance\n",
        "months: months-worked-by-all",
        "lines[4].months: more months of 'months-worked-by-all' than the phase course has.",
    ),
    "a payer without a share": (
        "shares: {state: refund, municipality: rest}",
        "shares: {state: refund, municipality: }",
        "shares: {state: refund, municipality: }",
        "lines[4].shares.municipality: a payer without a share. Write per cent, the name of a quantity, or",
    ),
    "shares that are not 100 per cent": (
        "shares: {state: refund, municipality: rest}",
        "shares: {state: refund, municipality: 70}",
        "shares: {state: refund, municipality: 70}",
        "lines[4].shares: the payers' shares are not 100 per cent together. Check them, or let",
    ),
    "shares beyond 100 per cent": (
        "shares: {state: refund, municipality: rest}",
        "shares: {state: 120, municipality: rest}",
        "shares: {state: 120",
        "lines[4].shares: the payers' shares are more than 100 per cent.",
    ),
    "shares below 0": (
        "shares: {state: refund, municipality: rest}",
        "shares: {state: -10, municipality: 110}",
        "shares: {state: -10",
        "lines[4].shares.state: a share of -10 per cent. Check it.",
    ),
    "a share in another unit": (
        "shares: {state: refund, municipality: rest}",
        "shares: {state: weeks-a-month, municipality: rest}",
        "shares: {state: weeks-a-month",
        "lines[4].shares.state: 'weeks-a-month' is in weeks. Name a quantity in per cent.",
    ),
    "an amount in another unit": (
        "amounts: {municipality: municipal-tax-in-course, state: rest}",
        "amounts: {municipality: refund, state: rest}",
        "amounts: {municipality: refund",
        "lines[5].amounts.municipality: 'refund' is in per cent. Name a quantity in DKK a month.",
    ),
    "amounts beyond the whole": (
        "amounts: {municipality: municipal-tax-in-course, state: rest}",
        "amounts: {municipality: 99999999, state: rest}",
        "amounts: {municipality: 99999999",
        "lines[5].amounts: the payers' amounts are more than the whole amount. Check them.",
    ),
    "amounts that are not the whole": (
        "amounts: {municipality: municipal-tax-in-course, state: rest}",
        "amounts: {municipality: municipal-tax-in-course, state: 1}",
        "amounts: {municipality: municipal-tax-in-course, state: 1}",
        "lines[5].amounts: the payers' amounts are not the whole amount together. Check them,",
    ),
    "people and per cent added": (
        "unit: people, difference: [citizens, in-work]}",
        "unit: people, difference: [citizens, share-in-work]}",
        "unit: people, difference: [citizens, share-in-work]}",
        "difference: 'share-in-work' is in per cent, the difference in people. Convert it in a step",
    ),
    "a phase that stands twice": (
        "during: [new-service, after]",
        "during: [new-service, new-service]",
        "during: [new-service, new-service]",
        "lines[7].during[2]: 'new-service' stands here twice. Delete one.",
    ),
    "a payer that counts twice": (
        "payers: [state, region, municipality]",
        "payers: [state, region, municipality, state]",
        "payers: [state, region, municipality, state]",
        "perspectives.public.payers[4]: 'state' stands here twice. Delete one.",
    ),
    "a number beyond every float": (
        "  weeks-a-month: {unit: weeks, quotient: [52, 12]}",
        "  big0: {unit: times, stated: 999999999999999, why: large}\n"
        "  big1: {unit: times, product: [big0, big0]}\n"
        "  weeks-a-month: {unit: weeks, quotient: [big1, 12]}",
        "big1: {unit",
        "quantities.big1: 'big1' is too large or too long a number. Check its steps.",
    ),
    "two rests": (
        "shares: {state: refund, municipality: rest}",
        "shares: {state: rest, municipality: rest}",
        "shares: {state: rest",
        "lines[4].shares: two payers have the rest. Let one have it.",
    ),
    "an unknown payer": (
        "shares: {state: refund, municipality: rest}",
        "shares: {nation: refund, municipality: rest}",
        "shares: {nation",
        "lines[4].shares.nation: there is no payer 'nation'. Use one of: state, region, municipality.",
    ),
    "nobody pays": (
        "    amount: sb-cost-a-month\n    shares: {municipality: 100}\n  - line: service-without",
        "    amount: sb-cost-a-month\n  - line: service-without",
        "- line: service-before-work",
        "lines[2]: nobody pays the line. Write its shares or amounts.",
    ),
    "a transfer with shares": (
        "transfer: {from: state, to: municipality}",
        "shares: {municipality: 100}",
        "- line: grant-in-course",
        "lines[6]: a transfer with shares. Write its transfer.",
    ),
    "a payer that pays itself": (
        "transfer: {from: state, to: municipality}",
        "transfer: {from: state, to: state}",
        "transfer: {from: state, to: state}",
        "lines[6].transfer: a payer pays itself. Name two payers.",
    ),
    "a probability above 1": (
        "in-work-later-unrounded: {unit: people, product: [not-in-work, share-in-work-later, 0.01]}",
        "in-work-later-unrounded: {unit: share, product: [not-in-work, share-in-work-later, 0.01]}",
        "in-work-later-unrounded: {unit: share",
        "quantities.in-work-later-unrounded: 'in-work-later-unrounded' is 4.6 share, a probability above 1.",
    ),
    "per cent above 100": (
        "kept: {unit: per cent, difference: [100, refund]}",
        "kept: {unit: per cent, sum: [100, refund]}",
        "kept: {unit: per cent, sum",
        "quantities.kept: 'kept' is 120 per cent, a probability above 1. Check what it is worked out from.",
    ),
    "more people than the cohort": (
        "    people: never-in-work",
        "    people: citizens-and-more",
        "people: citizens-and-more",
        "lines[10].people: there is no quantity 'citizens-and-more'.",
    ),
    "people beyond the cohort": (
        "not-in-work: {label: Citizens without work, unit: people, difference: [citizens, in-work]}",
        "not-in-work: {label: Citizens without work, unit: people, sum: [citizens, in-work]}",
        "people: not-in-work\n    amount: new-service",
        "lines[9].people: more people of 'not-in-work' than the cohort has.",
    ),
    "an amount that is no money": (
        "    amount: sb-cost-a-month\n",
        "    amount: refund\n",
        "amount: refund",
        "lines[2].amount: the amount 'refund' is in per cent. A line's amount is DKK each,",
    ),
    "people who are months": (
        "    people: never-in-work",
        "    people: course",
        "people: course",
        "lines[10].people: 'course' is in months. Name a quantity in people.",
    ),
    "an unknown fact": (
        "fact: vive-2017/state-refund",
        "fact: vive-2017/state-refunds",
        "fact: vive-2017/state-refunds",
        "quantities.refund.fact: there is no fact of vive-2017 'state-refunds'. Did you mean 'state-refund'?",
    ),
    "an unknown set of facts": (
        "fact: vive-2017/state-refund",
        "fact: vive-2071/state-refund",
        "fact: vive-2071",
        "quantities.refund.fact: there is no set of facts 'vive-2071'. Did you mean 'vive-2017'?",
    ),
    "a fact without a number": (
        "fact: vive-2017/state-refund",
        "fact: vive-2017/share-needing-counselling",
        "share-needing",
        "quantities.refund.fact: the fact vive-2017/share-needing-counselling has no single number.",
    ),
    "an unknown row": (
        "cell: vive-table-2-1/mindspring/cost",
        "cell: vive-table-2-1/mindsprint/cost",
        "mindsprint",
        "quantities.mindspring.cell: there is no row of vive-table-2-1 'mindsprint'. Did you mean",
    ),
    "an unknown column": (
        "cell: vive-table-2-1/mindspring/cost",
        "cell: vive-table-2-1/mindspring/price",
        "mindspring/price",
        "there is no number in row mindspring of vive-table-2-1 'price'.",
    ),
    "an unknown table": (
        "cell: vive-table-2-1/mindspring/cost",
        "cell: vive-table-2-7/mindspring/cost",
        "vive-table-2-7",
        "quantities.mindspring.cell: there is no published table 'vive-table-2-7'. Did you mean",
    ),
    "a missing synthesis": (
        "ips: {estimate: ips-vive@2026.1, outcome: competitive-employment",
        "ips: {estimate: ips-nowhere, outcome: competitive-employment",
        "ips-nowhere",
        "quantities.share-in-work.arms.ips.estimate: there is no synthesis 'ips-nowhere'.",
    ),
    "a missing estimate": (
        "ips: {estimate: ips-vive@2026.1, outcome: competitive-employment",
        "ips: {estimate: ips-vive@2026.1, outcome: earnings",
        "outcome: earnings",
        "ips-vive@2026.1 has no mean of intervention arms of earnings. It has: ",
    ),
    "a missing release": (
        "ips: {estimate: ips-vive@2026.1, outcome: competitive-employment",
        "ips: {estimate: ips-vive@2026.9, outcome: competitive-employment",
        "ips-vive@2026.9",
        "quantities.share-in-work.arms.ips.estimate: there is no release 'ips-vive@2026.9'. The",
    ),
    "an estimate that is no name": (
        "ips: {estimate: ips-vive@2026.1, outcome: competitive-employment",
        "ips: {estimate: ips-vive@, outcome: competitive-employment",
        "estimate: ips-vive@,",
        "quantities.share-in-work.arms.ips.estimate: ",
    ),
    "a circle": (
        "in-work-unrounded: {unit: people, product: [citizens,",
        "in-work-unrounded: {unit: people, product: [not-in-work,",
        "in-work-unrounded: {unit",
        "quantities.in-work-unrounded: the quantities go in a circle: "
        "in-work-unrounded → not-in-work → in-work → in-work-unrounded. Let one",
    ),
    "a circle in a scenario alone": (
        "          ips: {stated: 0, why: 'The conservative scenario of section 4.1.6.'}\n  standard-with",
        "          ips: {sum: [never-in-work]}\n  standard-with",
        "ips: {sum: [never-in-work]}",
        "in a circle: in-work-later → never-in-work → in-work-later.",
    ),
    "an unknown quantity in a step": (
        "kept: {unit: per cent, difference: [100, refund]}",
        "kept: {unit: per cent, difference: [100, refunds]}",
        "refunds]",
        "quantities.kept.difference: there is no quantity 'refunds'. Did you mean 'refund'?",
    ),
    "a division by 0": (
        "weeks-a-month: {unit: weeks, quotient: [52, 12]}",
        "weeks-a-month: {unit: weeks, quotient: [52, 0]}",
        "quotient: [52, 0]",
        "quantities.weeks-a-month.quotient: 'weeks-a-month' divides by what may be 0.",
    ),
    "a difference of three": (
        "kept: {unit: per cent, difference: [100, refund]}",
        "kept: {unit: per cent, difference: [100, refund, 1]}",
        "refund, 1]",
        "quantities.kept.difference: a difference of 3. Name two.",
    ),
    "two sources": (
        "fact: vive-2017/state-refund",
        "fact: vive-2017/state-refund, stated: 20, why: said",
        "stated: 20",
        "quantities.refund: both fact and stated. Write one of: fact, cell,",
    ),
    "a source for all and one for a programme": (
        "    unit: per cent\n    arms:\n      ips: {estimate",
        "    unit: per cent\n    stated: 5\n    why: said\n    arms:\n      ips: {estimate",
        "share-in-work:\n",
        "quantities.share-in-work: one definition for all programmes, and others under arms.",
    ),
    "no source": (
        "refund: {label: Refunded by the state, unit: per cent, fact: vive-2017/state-refund}",
        "refund: {label: Refunded by the state, unit: per cent}",
        "refund: {label",
        "quantities.refund: no source and no step. Write one of:",
    ),
    "an assumption without a reason": (
        "ips: {stated: 0, why: 'The conservative scenario of section 4.1.6.'}",
        "ips: {stated: 0}",
        "ips: {stated: 0}",
        "set.in-work-later.arms.ips.stated: stated without why. Say why it is assumed.",
    ),
    "a number that is none": (
        "ips: {stated: 0, why",
        "ips: {stated: .nan, why",
        "stated: .nan",
        "stated: '.nan' is not a number. Write digits with a decimal point, as in 9.9.",
    ),
    "no price year": (
        "unit: DKK each, fact: vive-2017/result-grant, price_year: 2016}",
        "unit: DKK each, fact: vive-2017/result-grant}",
        "  grant: {label",
        "quantities.grant.fact: vive-2017, section 4.2, fourth change says no price year. Write price_year",
    ),
    "another price year": (
        "fact: vive-2017/sb-cost-2016}",
        "fact: vive-2017/sb-cost-2015}",
        "  sb-cost: {label",
        "is in prices of 2015, the case in prices of 2016. Name the index that converts it.",
    ),
    "two price years": (
        "fact: vive-2017/sb-cost-2016}",
        "fact: vive-2017/sb-cost-2016, price_year: 2015}",
        "  sb-cost: {label",
        "is in prices of 2016, not 2015. Delete price_year.",
    ),
    "an unknown index": (
        "fact: vive-2017/sb-cost-2016}",
        "fact: vive-2017/sb-cost-2015, index: ilon15}",
        "  sb-cost: {label",
        "quantities.sb-cost.index: there is no index 'ilon15'. ",
    ),
    "a tax factor in a budget": (
        "analysis: budget\n",
        "analysis: budget\ntax_factor: 1.28\n",
        "tax_factor: 1.28",
        "tax_factor: a budget analysis has no net tax factor. Delete it; it belongs to a socioeconomic",
    ),
    "factor prices in a budget": (
        "    amount: new-service\n    shares",
        "    amount: new-service\n    factor_prices: 'yes'\n    shares",
        "factor_prices",
        "lines[9].factor_prices: factor prices need a net tax factor, and the case has none.",
    ),
    "an unknown discount": (
        "discount: none",
        "discount: high",
        "discount: high",
        "discount: 'high' is not allowed. Use 'none' or 'danish-2023'.",
    ),
    "a key that is not known": (
        "discount: none",
        "discount: none\ndiscounts: none",
        "discounts: none",
        "discounts: the key 'discounts' is not known here. Did you mean 'discount'?",
    ),
    "two lines of a name": (
        "- line: new-service-goes-on",
        "- line: new-service",
        "- line: new-service\n    label: New service, months 31-36",
        "lines[10].line: 'new-service' stands here twice. Rename one.",
    ),
    "a comparison with a table that is not there": (
        "- table: vive-table-4-1",
        "- table: vive-table-9-1",
        "vive-table-9-1",
        "compared[5].table: there is no published table 'vive-table-9-1'. Did you mean",
    ),
    "a comparison with a row that is not there": (
        "      mindspring: [{quantity",
        "      mindsprint: [{quantity",
        "mindsprint:",
        "compared[1].rows.mindsprint: vive-table-2-1 has no 'mindsprint'. Did you mean 'mindspring'?",
    ),
    "a comparison with a line that is not there": (
        "cost: [{lines: [new-service], sum: costs}]",
        "cost: [{lines: [no-service], sum: costs}]",
        "no-service",
        "there is no line 'no-service'. Did you mean 'new-service'?",
    ),
    "a scenario that is not there": (
        "scenarios: [standard-with-allowance, conservative-with-allowance]",
        "scenarios: [standard-with-allowances]",
        "standard-with-allowances",
        "lines[14].scenarios[1]: there is no scenario 'standard-with-allowances'.",
    ),
    "a base that is no programme": (
        "base: sb",
        "base: usual",
        "base: usual",
        "base: there is no programme 'usual'. Use one of: ips, sb.",
    ),
    "a quantity that one programme lacks": (
        "      sb: {estimate: ips-vive@2026.1, outcome: competitive-employment, which: mean of "
        "comparator arms}\n",
        "",
        "in-work-unrounded: {unit",
        "quantities.in-work-unrounded.product: 'share-in-work' has no value for sb. Define it",
    ),
    "a number beyond all measure": (
        "  weeks-a-month: {unit: weeks, quotient: [52, 12]}",
        "  big0: {unit: times, stated: 999999999999999, why: large}\n"
        + "".join(
            f"  big{n}: {{unit: times, product: [{', '.join([f'big{n - 1}'] * 9)}]}}\n"
            for n in range(1, 9)
        )
        + "  weeks-a-month: {unit: weeks, quotient: [big8, 12]}",
        "big1: {unit",
        "quantities.big1: 'big1' is too large or too long a number. Check its steps.",
    ),
}


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteFiles) -> str:
    return sqlite_databases.filled(take_in_the_collection)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_case_is_refused_with_file_line_and_field(
    name: str, registry: str, evidens: Run, tmp_path: Path
) -> None:
    old, new, at, message = BROKEN[name]
    assert old in TEXT
    broken = TEXT.replace(old, new, 1)
    file = tmp_path / "case.yaml"
    file.write_text(broken, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = evidens("case", "run", str(file), "--db", registry)
    line = broken[: broken.index(at)].count("\n") + 1
    assert (code, out) == (1, "")
    assert any(one.startswith(f"{file}:{line}: ") and message in one for one in err.splitlines()), (
        err
    )
    assert sorted(tmp_path.rglob("*")) == before


def converted(year: str) -> str:
    """The case with the usual service's cost of 2015, and an index of 2015 and another year."""
    years = "2015: vive-2017/sb-cost-2015, {}: vive-2017/sb-cost-2016"
    assert years.format(2016) in TEXT
    return TEXT.replace(years.format(2016), years.format(year), 1).replace(
        "fact: vive-2017/sb-cost-2016}", "fact: vive-2017/sb-cost-2015, index: ilon12}", 1
    )


def test_an_index_year_without_data_is_refused(registry: str, evidens: Run, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(converted("2014"), encoding="utf-8")
    code, _, err = evidens("case", "run", str(file), "--db", registry)
    assert code == 1
    assert (
        "quantities.sb-cost.index: ilon12 (read 2017-05-15): the index has no value for 2016. "
        "It has 2014, 2015; add the fact that holds it." in err
    )
    assert re.match(rf"{re.escape(str(file))}:\d+: ", err)


def test_an_index_converts_what_is_cited(registry: str, evidens: Run, tmp_path: Path) -> None:
    """KORA's 84,991 kroner of 2015 are VIVE's 86,494 of 2016, by the index that the two imply."""
    file = tmp_path / "case.yaml"
    file.write_text(converted("2016"), encoding="utf-8")
    code, out, err = evidens("case", "run", str(file), "--db", registry)
    assert (code, err) == (0, "")
    assert "Result                −2,233,228                −7,493,636" in out.splitlines()


def test_discounting_takes_from_what_comes_later(
    registry: str, evidens: Run, tmp_path: Path
) -> None:
    file = tmp_path / "case.yaml"
    text = TEXT.replace("discount: none", "discount: danish-2023", 1)
    file.write_text(text[: text.index("compared:")], encoding="utf-8")
    code, out, err = evidens("case", "run", str(file), "--db", registry)
    assert (code, err) == (0, "")
    # Months 31-36 are in year 2: 1,171,739 / 1.035^2 = 1,093,831; months 19-30 half in year 1, half in 2:
    # 1,413,300 (1/1.035 + 1/1.035^2) / 2 = 1,342,419.
    rows = dict(re.findall(r"^(Months \d+-\d+, result) +(\S+)", out, flags=re.MULTILINE))
    assert rows["Months 31-36, result"] == "1,093,831"
    assert rows["Months 19-30, result"] == "1,342,419"


def test_a_socioeconomic_analysis_has_a_tax_factor(
    registry: str, evidens: Run, tmp_path: Path
) -> None:
    file = tmp_path / "case.yaml"
    text = TEXT.replace("analysis: budget\n", "analysis: socioeconomic\ntax_factor: 1.28\n", 1)
    text = text.replace(
        "    people: citizens\n    amount: ips-cost\n",
        "    people: citizens\n    amount: ips-cost\n    factor_prices: 'yes'\n",
    )
    file.write_text(text[: text.index("compared:")], encoding="utf-8")
    code, out, err = evidens("case", "run", str(file), "--db", registry)
    assert (code, err) == (0, "")
    # 1.28 times 7,050,150.
    assert re.search(r"^Months 1-18, out +9,024,192 +5,874,384$", out, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vive-ips"], "there is no case 'vive-ips'. Did you mean 'vive-ips-refugees'? Or"),
        (["nowhere.yaml"], "nowhere.yaml: the file cannot be read (no such file or directory)."),
        (["vive-ips-refugees", "--scenario", "best"], "the case has no scenario 'best'. "),
        (
            ["vive-ips-refugees", "--perspective", "states"],
            "the case has no perspective 'states'. Did you mean 'state'?",
        ),
    ],
)
def test_what_is_not_there_is_said(
    arguments: list[str], message: str, registry: str, evidens: Run
) -> None:
    code, out, err = evidens("case", "run", *arguments, "--db", registry)
    assert (code, out) == (1, "")
    assert message in err


def test_an_empty_registry_lacks_everything(evidens: Run, sqlite_databases: SqliteFiles) -> None:
    from registry.session import create

    code, out, err = evidens(
        "case", "run", "vive-ips-refugees", "--db", sqlite_databases.filled(create)
    )
    assert (code, out) == (1, "")
    assert "there is no set of facts 'vive-2017'. Load the records first: evidens load." in err
    assert "there is no release 'ips-vive@2026.1'. The registry has: none." in err


LINE = TEXT[: TEXT.index("ips: {estimate: ips-vive@2026.1")].count("\n") + 1


def test_a_release_that_was_changed_is_refused_and_nothing_is_printed(
    evidens: Run, sqlite_databases: SqliteFiles
) -> None:
    url = sqlite_databases.filled(take_in_the_collection)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        (trigger,) = connection.execute(
            "select name from sqlite_master where type = 'trigger' and tbl_name = 'release' "
            "and sql like '%UPDATE%'"
        ).fetchone()
        connection.execute(f'drop trigger "{trigger}"')
        (document,) = connection.execute("select document from release").fetchone()
        assert "53.666" in document
        connection.execute(
            "update release set document = ?", (document.replace("53.666", "63.666"),)
        )
    connection.close()
    for command in ("run", "simulate", "information"):
        code, out, err = evidens("case", command, "vive-ips-refugees", "--db", url)
        assert (code, out) == (1, ""), command
        assert f"vive-ips-refugees.yaml:{LINE}: quantities.share-in-work.arms.ips.estimate: " in err
        assert (
            "release ips-vive@2026.1/estimate: it is not what its hash says. It was changed" in err
        )
        assert "Traceback" not in err
