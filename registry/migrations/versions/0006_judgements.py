"""Judgements, screening by stages, second extractions, and every country and currency of ISO's lists."""

import json
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _words(text: str) -> list[str]:
    return text.split()


COUNTRIES = _words("""
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM
    BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX
    CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG
    GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
    IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV
    LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE
    NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF
    WS YE YT ZA ZM ZW
""")

CURRENCIES = _words("""
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN
    BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB
    EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR
    ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR
    PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE
    SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
""")

OLD_CURRENCIES = ["EUR", "USD"]

CODED = (
    ("result", "currency", "currency"),
    ("statement", "currency", "currency"),
    ("outcome_pricing", "currency", "currency"),
    ("outcome_payment", "currency", "currency"),
    ("investment", "currency", "currency"),
    ("delivery_location", "country", "country"),
    ("fact", "currency", "currency"),
)
"""Columns that refer to a table of codes from now on."""

OUTCOMES = _words("""
    competitive-employment days-worked weeks-worked weeks-worked-with-internship
    hours-worked time-in-hospital hospital-admission competitive-employment-20-hours
    new-competitive-job steady-worker employment employment-commenced
    job-acquisition any-paid-employment any-work sheltered-employment
    employment-or-education competitive-employment-or-school
    education-employment-or-training education-employment-or-training-15-hours
    work-internship-or-education days-in-competitive-employment
    days-in-any-paid-employment weeks-in-employment-or-education
    weeks-worked-per-year share-of-eligible-weeks-worked hours-worked-competitive
    job-tenure job-tenure-competitive job-tenure-any-paid job-length
    time-to-first-competitive-job employment-contracts income earnings monthly-wage
    number-of-hospital-admissions quality-of-life global-functioning mental-health
""")

WORDS = {
    ("study", "design"): (
        ["randomised-trial", "meta-analysis", "research-review", "register-study", "pooled-trials"],
        _words("""
    randomised-trial meta-analysis research-review register-study pooled-trials
    cluster-randomised-trial non-randomised-trial matched-comparison
    historical-comparison before-after-study economic-evaluation
"""),
    ),
    ("screening", "decision"): (
        ["included", "excluded"],
        ["included", "excluded", "awaiting"],
    ),
    ("screening", "reason"): (
        [
            "no-amount-of-employment",
            "conservative-choice",
            "other-outcome",
            "effect-not-quantified",
            "no-intervention-arm",
        ],
        _words("""
    no-amount-of-employment conservative-choice other-outcome effect-not-quantified
    no-intervention-arm duplicate not-retrieved wrong-population wrong-intervention
    wrong-comparator wrong-outcome wrong-design wrong-publication-type out-of-scope
"""),
    ),
}
"""The words that a column may hold: before this step and after it."""

STAGES = ["identified", "screened", "sought", "assessed", "included"]

STAGE_RULES = {
    "included_stage": "(decision = 'included') = (stage = 'included')",
    "sought_reason": "reason IS NULL OR (stage = 'sought') = (reason = 'not-retrieved')",
}

ROB_2 = ("low", "some-concerns", "high")
ROBINS_I = ("low", "moderate", "serious", "critical")
LEVELS = {
    "rob-2-2019": dict.fromkeys(
        [
            "randomisation-process",
            "deviations-from-interventions",
            "missing-outcome-data",
            "measurement-of-outcome",
            "selection-of-result",
        ],
        ROB_2,
    ),
    "robins-i-2016": dict.fromkeys(
        _words("""
    confounding selection-of-participants classification-of-interventions
    deviations-from-interventions missing-data measurement-of-outcome
    selection-of-result
"""),
        (*ROBINS_I, "no-information"),
    ),
    "robins-i-2025": {
        "confounding": ("low-except-confounding", "moderate", "serious", "critical"),
    }
    | dict.fromkeys(
        [
            "classification-of-interventions",
            "selection-of-participants",
            "missing-data",
            "measurement-of-outcome",
            "selection-of-result",
        ],
        ROBINS_I,
    ),
}
"""The levels of each domain of each tool for risk of bias."""

WINDOW_FORM = (
    "(\"window\" LIKE '% months' OR \"window\" LIKE '% weeks' OR \"window\" LIKE 'months % to %' "
    "OR \"window\" = 'not-printed') "
    "AND trim(\"window\", 'abcdefghijklmnopqrstuvwxyz0123456789-. ') = ''"
)
DATE_FORM = "length(dated) = 10 AND dated LIKE '____-__-__'"


def _in(column: str, words: Iterable[str]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def _levels() -> str:
    return " OR ".join(
        f"(tool = '{tool}' AND domain = '{domain}' AND {_in('judgement', levels)})"
        for tool, domains in LEVELS.items()
        for domain, levels in domains.items()
    )


def _allow(batch: object, table: str, column: str, words: list[str]) -> None:
    """Let a column hold other words than before."""
    name = op.f(f"ck_{table}_{column}")
    batch.drop_constraint(name, type_="check")
    batch.create_check_constraint(name, sa.text(_in(column, words)))


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "country",
        sa.Column("code", sa.String(), nullable=False),
        sa.CheckConstraint("length(code) = 2 AND code = upper(code)", name=op.f("ck_country_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_country")),
    )
    op.create_table(
        "currency",
        sa.Column("code", sa.String(), nullable=False),
        sa.CheckConstraint(
            "length(code) = 3 AND code = upper(code)", name=op.f("ck_currency_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_currency")),
    )
    op.create_table(
        "certainty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("synthesis_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("start", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.Column("dated", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("judged_by <> ''", name=op.f("ck_certainty_judged_by")),
        sa.CheckConstraint(DATE_FORM, name=op.f("ck_certainty_dated")),
        sa.CheckConstraint(
            "level IN ('high', 'moderate', 'low', 'very-low')", name=op.f("ck_certainty_level")
        ),
        sa.CheckConstraint(_in("outcome", OUTCOMES), name=op.f("ck_certainty_outcome")),
        sa.CheckConstraint("start IN ('high', 'low')", name=op.f("ck_certainty_start")),
        sa.ForeignKeyConstraint(
            ["synthesis_id"],
            ["synthesis.id"],
            name=op.f("fk_certainty_synthesis_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certainty")),
        sa.UniqueConstraint("id", "synthesis_id", name=op.f("uq_certainty_id_synthesis_id")),
        sa.UniqueConstraint(
            "synthesis_id", "outcome", name=op.f("uq_certainty_synthesis_id_outcome")
        ),
    )
    op.create_table(
        "extraction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.Column("dated", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_extraction_id_slug")),
        sa.CheckConstraint(DATE_FORM, name=op.f("ck_extraction_dated")),
        sa.CheckConstraint("read_by <> ''", name=op.f("ck_extraction_read_by")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_extraction_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extraction")),
    )
    op.create_table(
        "report_screening",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("synthesis_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("screened_by", sa.String(), nullable=False),
        sa.Column("dated", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(decision = 'excluded') = (reason IS NOT NULL)",
            name=op.f("ck_report_screening_excluded_reason"),
        ),
        sa.CheckConstraint(
            "(decision = 'included') = (stage = 'included')",
            name=op.f("ck_report_screening_included_stage"),
        ),
        sa.CheckConstraint(
            "decision IN ('included', 'excluded', 'awaiting')",
            name=op.f("ck_report_screening_decision"),
        ),
        sa.CheckConstraint(DATE_FORM, name=op.f("ck_report_screening_dated")),
        sa.CheckConstraint(
            _in("reason", WORDS["screening", "reason"][1]), name=op.f("ck_report_screening_reason")
        ),
        sa.CheckConstraint(
            "reason IS NULL OR (stage = 'sought') = (reason = 'not-retrieved')",
            name=op.f("ck_report_screening_sought_reason"),
        ),
        sa.CheckConstraint("screened_by <> ''", name=op.f("ck_report_screening_screened_by")),
        sa.CheckConstraint(
            "stage IN ('identified', 'screened', 'sought', 'assessed', 'included')",
            name=op.f("ck_report_screening_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_screening_report_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["synthesis_id"],
            ["synthesis.id"],
            name=op.f("fk_report_screening_synthesis_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("report_id", "synthesis_id", name=op.f("pk_report_screening")),
    )
    op.create_table(
        "risk_of_bias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ascertainment", sa.String(), nullable=True),
        sa.Column("window", sa.String(), nullable=True),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("overall", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.Column("dated", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(tool = 'rob-2-2019' AND overall IN ('low', 'some-concerns', 'high')) OR (tool = 'robins-i-2016' AND overall IN ('low', 'moderate', 'serious', 'critical', 'no-information')) OR (tool = 'robins-i-2025' AND overall IN ('low-except-confounding', 'moderate', 'serious', 'critical'))",
            name=op.f("ck_risk_of_bias_overall"),
        ),
        sa.CheckConstraint(
            "ascertainment IN ('at', 'during', 'over')", name=op.f("ck_risk_of_bias_ascertainment")
        ),
        sa.CheckConstraint(
            "effect IN ('assignment', 'adherence')", name=op.f("ck_risk_of_bias_effect")
        ),
        sa.CheckConstraint("judged_by <> ''", name=op.f("ck_risk_of_bias_judged_by")),
        sa.CheckConstraint(DATE_FORM, name=op.f("ck_risk_of_bias_dated")),
        sa.CheckConstraint(_in("outcome", OUTCOMES), name=op.f("ck_risk_of_bias_outcome")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_risk_of_bias_reason")),
        sa.CheckConstraint(
            "tool IN ('rob-2-2019', 'robins-i-2016', 'robins-i-2025')",
            name=op.f("ck_risk_of_bias_tool"),
        ),
        sa.CheckConstraint(WINDOW_FORM, name=op.f("ck_risk_of_bias_window_form")),
        sa.CheckConstraint(
            '(ascertainment IS NULL) = ("window" IS NULL)', name=op.f("ck_risk_of_bias_window")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_risk_of_bias_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_of_bias")),
        sa.UniqueConstraint(
            "id", "study_id", "tool", name=op.f("uq_risk_of_bias_id_study_id_tool")
        ),
    )
    op.create_table(
        "study_country",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["country"], ["country.code"], name=op.f("fk_study_country_country")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_country_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "position", name=op.f("pk_study_country")),
    )
    op.create_table(
        "synthesis_search",
        sa.Column("synthesis_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("dated", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(DATE_FORM, name=op.f("ck_synthesis_search_dated")),
        sa.CheckConstraint("place <> ''", name=op.f("ck_synthesis_search_place")),
        sa.CheckConstraint(
            "duplicates BETWEEN 0 AND found", name=op.f("ck_synthesis_search_duplicates")
        ),
        sa.ForeignKeyConstraint(
            ["synthesis_id"],
            ["synthesis.id"],
            name=op.f("fk_synthesis_search_synthesis_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("synthesis_id", "position", name=op.f("pk_synthesis_search")),
    )
    op.create_table(
        "certainty_step",
        sa.Column("certainty_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("synthesis_id", sa.String(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(domain = 'risk-of-bias' AND steps BETWEEN -3 AND 0) OR (domain = 'inconsistency' AND steps BETWEEN -2 AND 0) OR (domain = 'indirectness' AND steps BETWEEN -2 AND 0) OR (domain = 'imprecision' AND steps BETWEEN -3 AND 0) OR (domain = 'publication-bias' AND steps BETWEEN -2 AND 0) OR (domain = 'large-effect' AND steps BETWEEN 0 AND 2) OR (domain = 'dose-response' AND steps BETWEEN 0 AND 1) OR (domain = 'opposing-confounding' AND steps BETWEEN 0 AND 1)",
            name=op.f("ck_certainty_step_steps"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_certainty_step_reason")),
        sa.ForeignKeyConstraint(
            ["certainty_id", "synthesis_id"],
            ["certainty.id", "certainty.synthesis_id"],
            name=op.f("fk_certainty_step_certainty_id_synthesis_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("certainty_id", "domain", name=op.f("pk_certainty_step")),
    )
    op.create_table(
        "extracted_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extraction_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ascertainment", sa.String(), nullable=True),
        sa.Column("window", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claim_provenance_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ascertainment IN ('at', 'during', 'over')",
            name=op.f("ck_extracted_result_ascertainment"),
        ),
        sa.CheckConstraint(
            "claim IN ('significant', 'not-significant')", name=op.f("ck_extracted_result_claim")
        ),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_extracted_result_disputed")),
        sa.CheckConstraint(_in("outcome", OUTCOMES), name=op.f("ck_extracted_result_outcome")),
        sa.CheckConstraint(WINDOW_FORM, name=op.f("ck_extracted_result_window_form")),
        sa.CheckConstraint(
            '(ascertainment IS NULL) = ("window" IS NULL)', name=op.f("ck_extracted_result_window")
        ),
        sa.CheckConstraint(
            "(claim IS NULL) = (claim_provenance_id IS NULL)",
            name=op.f("ck_extracted_result_claim_source"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_provenance_id"],
            ["provenance.id"],
            name=op.f("fk_extracted_result_claim_provenance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["extraction_id"],
            ["extraction.id"],
            name=op.f("fk_extracted_result_extraction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_extracted_result_provenance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extracted_result")),
        sa.UniqueConstraint(
            "id", "extraction_id", name=op.f("uq_extracted_result_id_extraction_id")
        ),
    )
    op.create_table(
        "resolution",
        sa.Column("extraction_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ascertainment", sa.String(), nullable=True),
        sa.Column("window", sa.String(), nullable=True),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cell", sa.String(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("resolved_by", sa.String(), nullable=False),
        sa.Column("dated", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.CheckConstraint(
            "ascertainment IN ('at', 'during', 'over')", name=op.f("ck_resolution_ascertainment")
        ),
        sa.CheckConstraint(
            "cell <> '' AND kept <> '' AND why <> ''", name=op.f("ck_resolution_filled")
        ),
        sa.CheckConstraint(DATE_FORM, name=op.f("ck_resolution_dated")),
        sa.CheckConstraint(_in("outcome", OUTCOMES), name=op.f("ck_resolution_outcome")),
        sa.CheckConstraint("resolved_by <> ''", name=op.f("ck_resolution_resolved_by")),
        sa.CheckConstraint(
            '(ascertainment IS NULL) = ("window" IS NULL)', name=op.f("ck_resolution_window")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_resolution_number")),
        sa.ForeignKeyConstraint(
            ["extraction_id"],
            ["extraction.id"],
            name=op.f("fk_resolution_extraction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_resolution_report_id")),
        sa.PrimaryKeyConstraint("extraction_id", "position", name=op.f("pk_resolution")),
    )
    op.create_table(
        "risk_of_bias_domain",
        sa.Column("risk_of_bias_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("judgement", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(_levels(), name=op.f("ck_risk_of_bias_domain_judgement")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_risk_of_bias_domain_reason")),
        sa.ForeignKeyConstraint(
            ["risk_of_bias_id", "study_id", "tool"],
            ["risk_of_bias.id", "risk_of_bias.study_id", "risk_of_bias.tool"],
            name=op.f("fk_risk_of_bias_domain_risk_of_bias_id_study_id_tool"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("risk_of_bias_id", "domain", name=op.f("pk_risk_of_bias_domain")),
    )
    op.create_table(
        "extracted_cell",
        sa.Column("extracted_result_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("extraction_id", sa.String(), nullable=False),
        sa.Column("printed", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "part <> '' AND name <> '' AND printed <> ''", name=op.f("ck_extracted_cell_filled")
        ),
        sa.ForeignKeyConstraint(
            ["extracted_result_id", "extraction_id"],
            ["extracted_result.id", "extracted_result.extraction_id"],
            name=op.f("fk_extracted_cell_extracted_result_id_extraction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "extracted_result_id", "part", "name", name=op.f("pk_extracted_cell")
        ),
    )

    for table, codes in (("country", COUNTRIES), ("currency", CURRENCIES)):
        rows = [{"code": code} for code in codes]
        op.bulk_insert(sa.table(table, sa.column("code", sa.String())), rows)
    for table, column, codes in CODED:
        with op.batch_alter_table(table) as batch:
            if table == "result":
                batch.drop_constraint(op.f("ck_result_currency"), type_="check")
            batch.create_foreign_key(op.f(f"fk_{table}_{column}"), codes, [column], ["code"])
    countries = [
        {"study_id": study, "position": position, "country": country}
        for study, listed in _studies().items()
        for position, country in enumerate(listed)
    ]
    if countries:
        op.bulk_insert(
            sa.table("study_country", *map(sa.column, ("study_id", "position", "country"))),
            countries,
        )
    with op.batch_alter_table("study") as batch:
        batch.drop_column("countries")
        _allow(batch, "study", "design", WORDS["study", "design"][1])
    with op.batch_alter_table("screening") as batch:
        batch.add_column(sa.Column("stage", sa.String(), nullable=True))
    op.execute(
        "UPDATE screening SET stage = "
        "CASE decision WHEN 'included' THEN 'included' ELSE 'assessed' END"
    )
    with op.batch_alter_table("screening") as batch:
        batch.alter_column("stage", existing_type=sa.String(), nullable=False)
        for column in ("decision", "reason"):
            _allow(batch, "screening", column, WORDS["screening", column][1])
        batch.create_check_constraint(op.f("ck_screening_stage"), sa.text(_in("stage", STAGES)))
        for name, rule in STAGE_RULES.items():
            batch.create_check_constraint(op.f(f"ck_screening_{name}"), sa.text(rule))


def _studies() -> dict[str, list[str]]:
    """Return the countries of each study as the old column has them."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, countries FROM study"))
    return {
        study: listed if isinstance(listed, list) else json.loads(listed) for study, listed in rows
    }


def downgrade() -> None:
    """Take the step back; a database that uses a newer word or code is refused, and nothing has changed.

    Judgements, stages, searches and second extractions have no place in the older tables and are lost.
    """
    with op.batch_alter_table("screening") as batch:
        for name in ("stage", *STAGE_RULES):
            batch.drop_constraint(op.f(f"ck_screening_{name}"), type_="check")
        for column in ("decision", "reason"):
            _allow(batch, "screening", column, WORDS["screening", column][0])
        batch.drop_column("stage")
    with op.batch_alter_table("study") as batch:
        _allow(batch, "study", "design", WORDS["study", "design"][0])
        batch.add_column(sa.Column("countries", sa.JSON(), nullable=True))
    connection = op.get_bind()
    countries: dict[str, list[str]] = {}
    for study, country in connection.execute(
        sa.text("SELECT study_id, country FROM study_country ORDER BY study_id, position")
    ):
        countries.setdefault(study, []).append(country)
    study = sa.table("study", sa.column("id", sa.String()), sa.column("countries", sa.JSON()))
    for identity in connection.scalars(sa.select(study.c.id)).all():
        connection.execute(
            sa.update(study)
            .where(study.c.id == identity)
            .values(countries=countries.get(identity, []))
        )
    with op.batch_alter_table("study") as batch:
        batch.alter_column("countries", existing_type=sa.JSON(), nullable=False)
    for table, column, _ in CODED:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{column}"), type_="foreignkey")
            if table == "result":
                batch.create_check_constraint(
                    op.f("ck_result_currency"), sa.text(_in(column, OLD_CURRENCIES))
                )
    for table in NEW_TABLES:
        op.drop_table(table)


NEW_TABLES = _words("""
    extracted_cell risk_of_bias_domain resolution extracted_result certainty_step
    synthesis_search study_country risk_of_bias report_screening extraction
    certainty currency country
""")
