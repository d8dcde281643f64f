"""Projects go into the database and come out as they were, every field of INDIGO among them."""

from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import vocabulary
from registry.bond_places import EVERY_ROW, OWN_COLUMNS, place
from registry.indigo import (
    ENTERED,
    FIELDS,
    LISTS,
    MONEY,
    OTHER_ARRAYS,
    STATED,
    IndigoField,
)
from registry.session import reading, transaction
from studies.checks import check_yaml
from studies.dump import text_of
from studies.ingest import take_in
from studies.kept.kinds import held_record
from studies.record import outline
from studies.record_file import write

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=40,
).filter(str.strip)
slugs = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True)
amounts = st.sampled_from(["0", "388", "13.50", "13.5 million", "-3.5 million", "1.6 billion"])
counts = st.integers(0, 500).map(str)
days = st.sampled_from(["2013", "2013-04", "2013-04-30"])


def of(terms: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(terms))


def some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


sources = st.fixed_dictionaries(
    {
        "report": st.sampled_from(["vive-2017", "golab-indigo-2025"]),
        "where": words,
        "quote": words,
        "read": of(vocabulary.READINGS),
    }
)
ALWAYS = {"note": words, "disputed": words}


def value_of(field: IndigoField) -> st.SearchStrategy[str]:
    if field.words:
        return st.sampled_from(field.words)
    return {
        "number": amounts,
        "duration": st.sampled_from(["18 months", "3 years", "4.5 years"]),
        "date": days,
        "country": of(vocabulary.COUNTRIES),
        "currency": of(vocabulary.CURRENCIES),
    }.get(field.form, words)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    field = STATED[draw(st.sampled_from(sorted(STATED)))]
    content = {"field": field.path, "value": draw(value_of(field)), "disputed": draw(words)}
    if field.path in MONEY:
        content["currency"] = draw(of(vocabulary.CURRENCIES))
    if field.type == "number" and draw(st.booleans()):
        content["qualifier"] = draw(of(vocabulary.QUALIFIERS))
    return content | {"source": draw(sources)}


@st.composite
def metrics(draw: st.DrawFn) -> dict[str, Any]:
    texts = ["indigo", "target_population", "unit_description", "target", "other_target"]
    texts += ["validation_method", "data_source", "primary_sdg_goal", "secondary_sdg_targets"]
    fields: dict[str, Any] = dict.fromkeys(texts, words) | {
        "targeted_number": amounts,
        "policy_sector": of(vocabulary.POLICY_SECTORS),
        "measures": of(vocabulary.METRIC_CONSTRUCTS),
        "ascertainment": of(vocabulary.METRIC_ASCERTAINMENTS),
        "horizon_months": st.sampled_from(["12", "1.5"]),
        "success_share": st.sampled_from(["80", "80.0", "0"]),
        "validation_level": of(vocabulary.VALIDATION_LEVELS),
        "threshold": st.fixed_dictionaries(
            {
                "operator": of(vocabulary.THRESHOLD_OPERATORS),
                "value": st.sampled_from(["10", "2.10", "-1"]),
                "unit": words,
            }
        ),
    }
    content = draw(some(fields | ALWAYS))
    if "unit_description" in content:
        content["unit_type"] = "Other"
    return content | {"definition": draw(words), "source": draw(sources)}


@st.composite
def results(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    texts = ("achieved", "description", "validators", "evaluations", "sandboxes")
    fields: dict[str, Any] = dict.fromkeys(texts, words) | {
        "level": st.just("Project level"),
        "type": st.sampled_from(LISTS["result-type"]),
        "period": st.sampled_from(
            [{"start": "2013"}, {"end": "2014-02"}, {"start": "2013", "end": "2013"}]
        ),
        "engaged": counts,
        "positive": counts,
        "covers_outcome": st.sampled_from(["yes", "no"]),
        "note": words,
    }
    content = draw(some(fields)) | {
        "disputed": draw(words),
        "value": draw(amounts),
        "unit": draw(words),
    }
    if len(names) > 0 and draw(st.booleans()):
        content["metric"] = draw(st.sampled_from(names))
    if draw(st.booleans()):
        content |= {"numerator": draw(counts), "denominator": "12"}
        content["denominator_kind"] = draw(of(vocabulary.METRIC_DENOMINATORS))
    kind = draw(of(vocabulary.COUNTERFACTUALS))
    if draw(st.booleans()):
        content["counterfactual"] = {"type": kind} | draw(some({"value": amounts}))
        if kind in vocabulary.COMPARED:
            content["effect"] = {
                "measure": draw(of(set(vocabulary.EFFECT_MEASURES) - {"direction-only"})),
                "estimate": "-1.50",
                "says": draw(of(vocabulary.CLAIMS)),
            } | draw(st.sampled_from([{}, {"ci_low": "-2", "ci_high": "0.5", "level": "95"}]))
    return content | {"source": draw(sources)}


@st.composite
def projects(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(slugs, unique=True, max_size=3))
    parties = draw(st.lists(slugs, unique=True, max_size=2))
    party = st.sampled_from(parties) if parties else st.nothing()
    metric = st.sampled_from(names) if names else st.nothing()
    party_fields = {key: party for key in ("payer", "recipient") if parties}
    money = {"currency": of(vocabulary.CURRENCIES), "amount_usd": amounts}
    payments = some(
        party_fields
        | ({"metric": metric} if names else {})
        | money
        | ALWAYS
        | {"plan": words, "covers_outcome": st.sampled_from(["yes", "no"])}
    )
    investments = some(
        ({"investor": party} if parties else {})
        | ALWAYS
        | {"least": amounts, "usd_most": amounts, "currency": of(vocabulary.CURRENCIES)}
        | {"category": st.sampled_from(LISTS["investor-category"])}
        | {"repayment": st.sampled_from(LISTS["repayment"])}
    )
    content: dict[str, Any] = {
        "project": draw(st.sampled_from(["first", "second"])),
        "name": draw(words),
        "parties": {
            name: {"name": draw(words), "role": draw(of(vocabulary.PARTY_ROLES))}
            | {"source": draw(sources)}
            for name in parties
        },
        "statements": draw(st.lists(statements(), min_size=1, max_size=3)),
        "locations": [
            draw(
                some({"name": words, "country": of(vocabulary.COUNTRIES), "lat": st.just("55.40")})
            )
            | {"source": draw(sources)}
            for _ in range(draw(st.integers(0, 2)))
        ],
        "metrics": {name: draw(metrics()) for name in names},
        "results": draw(st.lists(results(names), max_size=2)),
        "pricings": [
            {"metric": name, "price": draw(amounts), "source": draw(sources)} for name in names[:1]
        ],
        "payments": [
            draw(payments) | {"type": "Planned", "amount": draw(amounts), "source": draw(sources)}
            for _ in range(draw(st.integers(0, 2)))
        ],
        "investments": [draw(investments) | {"source": draw(sources)}],
        "entries": [draw(entries()) for _ in range(draw(st.integers(0, 2)))],
    }
    content |= draw(some({"note": words, "disputed": words, "indigo": st.just("INDIGO-POJ-0999")}))
    return {key: value for key, value in content.items() if value not in ([], {})}


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    array = draw(st.sampled_from(OTHER_ARRAYS))
    fields = [field for field in ENTERED.values() if field.array == array]
    chosen = draw(st.lists(st.sampled_from(fields), min_size=1, unique=True))
    return (
        {"list": array, "fields": {field.leaf: draw(value_of(field)) for field in chosen}}
        | draw(some(ALWAYS))
        | {"source": draw(sources)}
    )


def test_generated_projects_come_out_as_they_went_in(shipped: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(projects())
    def there_and_back(content: dict[str, Any]) -> None:
        checked = check_yaml(write(content))
        text = write(outline(checked.record))
        assert check_yaml(text).record == checked.record
        other = {"first": "second", "second": "first"}[content["project"]]
        with transaction(shipped) as session:
            if "indigo" in content:  # an INDIGO id is one project's alone
                session.execute(sa.text(f"UPDATE project SET indigo = NULL WHERE id = '{other}'"))
            take_in(session, [checked])
        with reading(shipped) as session:
            held = held_record(session, "project", content["project"])
        assert held is not None
        assert text_of(held) == text
        with transaction(shipped) as session:
            assert take_in(session, [checked]).unchanged == (f"project {content['project']}",)

    there_and_back()


def filled() -> tuple[dict[str, Any], dict[str, str]]:
    """A project with every field of the standard, and the value that each has."""
    source = {"report": "golab-indigo-2025", "where": "a table", "read": "secondary"}
    given: dict[str, str] = {}

    def text(path: str) -> str:
        field = FIELDS[path]
        number = len(given) + 100
        form = {"number": f"{number}", "duration": f"{number} months", "country": "DK"}
        dates = {"date": f"{1900 + number}" if "end" in path else f"{1000 + number}"}
        currency = {"currency": "DKK"}
        default = f"text {number}"
        word = field.words[0] if field.words else None
        given[path] = word or (form | dates | currency).get(field.form, default)
        return given[path]

    rest = {"note": "a note", "disputed": "another number", "source": source}
    given |= {"name": "A bond", "status": "the whole record"}
    content: dict[str, Any] = {
        "project": "filled",
        "name": given["name"],
        "disputed": given["status"],
        "parties": {
            name: {"name": name, "role": "partner", "source": source} for name in ("city", "bank")
        },
        "statements": [],
    }
    for path, field in STATED.items():
        if path in FIELDS:
            statement = {"field": path, "value": text(path)} | rest
            if path in MONEY:
                statement["currency"] = "DKK"
            content["statements"].append(statement)
            assert field.array is None
    keys = {"delivery_locations": "locations", "outcome_pricings": "pricings"}
    keys |= {"outcome_payments": "payments", "outcome_metrics": "metrics"}
    for array, (_, columns) in OWN_COLUMNS.items():
        row: dict[str, Any] = dict(rest)
        for leaf, column in columns.items():
            path = f"{array}[].{leaf}"
            named = {"metric_id": "job", "payer_id": "city", "recipient_id": "bank"}
            named |= {"investor_id": "bank"}
            if column in named:
                given[path] = row[column.removesuffix("_id")] = named[column]
            elif column.startswith("period_"):
                row.setdefault("period", {})[column.removeprefix("period_")] = text(path)
            else:
                row[column] = text(path)
        key = keys.get(array, array)
        content[key] = {"job": row} if key == "metrics" else [row]
    content["entries"] = [
        {
            "list": array,
            "fields": {
                field.leaf: text(path) for path, field in ENTERED.items() if field.array == array
            },
        }
        | rest
        for array in OTHER_ARRAYS
    ]
    return content, given


def test_every_field_of_the_standard_is_kept_at_its_place(shipped: str) -> None:
    content, given = filled()
    checked = check_yaml(write(content))
    with transaction(shipped) as session:
        take_in(session, [checked])
    reached = set()
    with reading(shipped) as session:
        for path, field in FIELDS.items():
            table, column = place(path)
            wanted = given.get(path)
            if field.leaf in EVERY_ROW or column in ("provenance_id", "currency"):
                wanted = wanted or {"note": "a note", "disputed": "another number"}.get(column)
            owner = "id" if table == "project" else "project_id"
            asked = f"SELECT {column} FROM {table} WHERE {owner} = 'filled'"
            if column == "value":
                asked += f" AND field = '{path}'"
            found = session.scalars(sa.text(asked)).all()
            if column == "provenance_id":
                reports = [
                    session.scalar(sa.text(f"SELECT report_id FROM provenance WHERE id = {number}"))
                    for number in found
                ]
                assert set(reports) == {"golab-indigo-2025"}, path
            elif column == "currency" and path not in given:
                assert "DKK" in found, path
            else:
                assert wanted is not None, path
                assert wanted in found, path
            reached.add(path)
        assert text_of(held_record(session, "project", "filled")) == write(outline(checked.record))  # type: ignore[arg-type]
    assert len(reached) == 288
