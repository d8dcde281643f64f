"""The overall judgement that each tool's published rule gives, and GRADE's arithmetic."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.grade import STEPS, level_after
from registry.risk_of_bias import BIAS_DOMAINS, BIAS_LEVELS, BIAS_TOOLS, suggested_overall
from registry.vocabulary import DESIGNS


def judged(tool: str, *worst: str) -> dict[str, str]:
    """Domains at their best level but for the first few."""
    domains = {domain: levels[0] for domain, levels in BIAS_TOOLS[tool].domains.items()}
    return domains | dict(zip(list(domains)[1:], worst, strict=False))


# The rules as the authors of each tool print them: doi 10.1136/bmj.l4898, doi 10.1136/bmj.i4919, and the
# draft of ROBINS-I V2 of 20 November 2025, page 49.
PUBLISHED = [
    ("rob-2-2019", [], "low", None),
    ("rob-2-2019", ["some-concerns"], "some-concerns", None),
    ("rob-2-2019", ["some-concerns", "some-concerns"], "some-concerns", "high"),
    ("rob-2-2019", ["some-concerns", "high"], "high", None),
    ("robins-i-2016", [], "low", None),
    ("robins-i-2016", ["moderate", "moderate"], "moderate", None),
    ("robins-i-2016", ["moderate", "serious"], "serious", None),
    ("robins-i-2016", ["critical", "no-information"], "critical", None),
    ("robins-i-2016", ["serious", "no-information"], "serious", None),
    ("robins-i-2016", ["moderate", "no-information"], "no-information", None),
    ("robins-i-2025", [], "low-except-confounding", None),
    ("robins-i-2025", ["moderate"], "moderate", None),
    ("robins-i-2025", ["moderate", "moderate"], "moderate", "serious"),
    ("robins-i-2025", ["serious", "serious"], "serious", "critical"),
    ("robins-i-2025", ["critical"], "critical", None),
]


@pytest.mark.parametrize(("tool", "worst", "level", "or_else"), PUBLISHED)
def test_the_published_rules(tool: str, worst: list[str], level: str, or_else: str | None) -> None:
    found = suggested_overall(tool, judged(tool, *worst))
    assert (found.level, found.or_else) == (level, or_else)
    assert found.source == BIAS_TOOLS[tool].source


def test_the_grounds_name_the_domains_that_decide() -> None:
    found = suggested_overall("rob-2-2019", judged("rob-2-2019", "high", "some-concerns", "high"))
    assert found.because == "high in deviations-from-interventions, measurement-of-outcome"
    none = suggested_overall("robins-i-2016", judged("robins-i-2016", "no-information"))
    assert none.because == "no-information in selection-of-participants"
    assert suggested_overall("rob-2-2019", judged("rob-2-2019")).because == (
        "every domain is at its best level"
    )


@pytest.mark.parametrize("tool", BIAS_TOOLS)
def test_a_worse_domain_never_makes_a_better_whole(tool: str) -> None:
    known = BIAS_TOOLS[tool]
    order = [level for level in known.overall if level != "no-information"]
    levels = [[one for one in some if one != "no-information"] for some in known.domains.values()]
    for some in list(product(*levels))[:: 7 if len(levels) > 6 else 1]:
        domains = dict(zip(known.domains, some, strict=True))
        rank = order.index(suggested_overall(tool, domains).level)
        for domain, options in zip(known.domains, levels, strict=True):
            place = options.index(domains[domain])
            if place + 1 < len(options):
                worse = suggested_overall(tool, domains | {domain: options[place + 1]})
                assert order.index(worse.level) >= rank


def test_tools_use_the_words_of_the_vocabulary() -> None:
    assert [len(BIAS_TOOLS[tool].domains) for tool in BIAS_TOOLS] == [5, 7, 6]
    for tool in BIAS_TOOLS.values():
        assert set(tool.domains) <= set(BIAS_DOMAINS)
        assert {level for some in tool.domains.values() for level in some} <= set(BIAS_LEVELS)
        assert set(tool.overall) <= set(BIAS_LEVELS)
        assert set(tool.designs) <= set(DESIGNS)
        assert tool.version in tool.id or tool.version.startswith(tool.id[-4:])
    used = {domain for tool in BIAS_TOOLS.values() for domain in tool.domains}
    assert used == set(BIAS_DOMAINS)


@pytest.mark.parametrize(
    ("start", "steps", "level"),
    [
        ("high", [], "high"),
        ("high", [-1], "moderate"),
        ("high", [-1, -1], "low"),
        ("high", [-2, -1], "very-low"),
        ("high", [-3, -3], "very-low"),
        ("low", [1], "moderate"),
        ("low", [2], "high"),
        ("low", [2, 1, 1], "high"),
        ("low", [-1, 1], "low"),
    ],
)
def test_grades_arithmetic(start: str, steps: list[int], level: str) -> None:
    assert level_after(start, steps) == level


@given(
    st.sampled_from(["high", "low"]),
    st.tuples(*(st.integers(*span) for span in STEPS.values())),
    st.integers(0, len(STEPS) - 1),
)
def test_a_further_step_down_never_raises_the_level(
    start: str, steps: tuple[int, ...], which: int
) -> None:
    order = ["very-low", "low", "moderate", "high"]
    lower = [step - (place == which) for place, step in enumerate(steps)]
    assert order.index(level_after(start, lower)) <= order.index(level_after(start, steps))
