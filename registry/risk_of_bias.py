"""Risk of bias: the tools, each with its version, its domains and its levels, and the overall that they give.

A tool is named with its version, because versions differ in their domains: ROBINS-I of 2016 has seven,
that of 2025 six. The overall judgement that a tool's own rule gives is a suggestion; a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.terms import Term, terms

BIAS_LEVELS = terms(
    ("low", "lav", "lav", "low"),
    ("some-concerns", "nogle betænkeligheder", "noen betenkeligheter", "some concerns"),
    ("high", "høj", "høy", "high"),
    (
        "low-except-confounding",
        "lav, bortset fra mulig ukontrolleret confounding",
        "lav, bortsett fra mulig ukontrollert konfundering",
        "low except for concerns about uncontrolled confounding",
    ),
    ("moderate", "moderat", "middels", "moderate"),
    ("serious", "alvorlig", "alvorlig", "serious"),
    ("critical", "kritisk", "kritisk", "critical"),
    ("no-information", "ingen oplysninger", "ingen opplysninger", "no information"),
)

BIAS_EFFECTS = terms(
    (
        "assignment",
        "effekten af at blive tildelt indsatsen",
        "effekten av å bli tildelt tiltaket",
        "effect of assignment",
    ),
    (
        "adherence",
        "effekten af at følge indsatsen",
        "effekten av å følge tiltaket",
        "effect of adhering",
    ),
)

BIAS_DOMAINS = terms(
    ("randomisation-process", "randomiseringen", "randomiseringen", "randomisation process"),
    (
        "deviations-from-interventions",
        "afvigelser fra de tilsigtede indsatser",
        "avvik fra de tiltenkte tiltakene",
        "deviations from intended interventions",
    ),
    (
        "missing-outcome-data",
        "manglende udfaldsdata",
        "manglende utfallsdata",
        "missing outcome data",
    ),
    (
        "measurement-of-outcome",
        "måling af udfaldet",
        "måling av utfallet",
        "measurement of the outcome",
    ),
    (
        "selection-of-result",
        "valg af det afrapporterede resultat",
        "valg av det rapporterte resultatet",
        "selection of reported result",
    ),
    ("confounding", "confounding", "konfundering", "confounding"),
    (
        "selection-of-participants",
        "udvælgelse af deltagere",
        "utvelgelse av deltakere",
        "selection of participants",
    ),
    (
        "classification-of-interventions",
        "klassificering af indsatserne",
        "klassifisering av tiltakene",
        "classification of interventions",
    ),
    ("missing-data", "manglende data", "manglende data", "missing data"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Term):
    """A tool for risk of bias in one version.

    Parameters
    ----------
    version : str
        The date or year of the version.
    source : str
        Where its domains and its rule for the overall judgement are published.
    designs : tuple of str
        The designs that it is made for.
    domains : mapping of str to tuple of str
        Each domain's levels, best first.
    overall : tuple of str
        The levels of the overall judgement, best first.
    several : mapping of str to str
        A level that, in several domains at once, may make the overall judgement the next.
    """

    version: str
    source: str
    designs: tuple[str, ...]
    domains: Mapping[str, tuple[str, ...]]
    overall: tuple[str, ...]
    several: Mapping[str, str]


ROB_2 = ("low", "some-concerns", "high")
ROBINS_I = ("low", "moderate", "serious", "critical")
NOT_RANDOMISED = (
    "non-randomised-trial",
    "matched-comparison",
    "historical-comparison",
    "register-study",
)

BIAS_TOOLS: Mapping[str, Tool] = {
    tool.id: tool
    for tool in (
        Tool(
            id="rob-2-2019",
            da="RoB 2 (22. august 2019)",
            nb="RoB 2 (22. august 2019)",
            en="RoB 2 (22 August 2019)",
            version="2019-08-22",
            source="doi 10.1136/bmj.l4898",
            designs=("randomised-trial",),
            domains=dict.fromkeys(
                (
                    "randomisation-process",
                    "deviations-from-interventions",
                    "missing-outcome-data",
                    "measurement-of-outcome",
                    "selection-of-result",
                ),
                ROB_2,
            ),
            overall=ROB_2,
            several={"some-concerns": "high"},
        ),
        Tool(
            id="robins-i-2016",
            da="ROBINS-I (2016)",
            nb="ROBINS-I (2016)",
            en="ROBINS-I (2016)",
            version="2016",
            source="doi 10.1136/bmj.i4919",
            designs=NOT_RANDOMISED,
            domains=dict.fromkeys(
                (
                    "confounding",
                    "selection-of-participants",
                    "classification-of-interventions",
                    "deviations-from-interventions",
                    "missing-data",
                    "measurement-of-outcome",
                    "selection-of-result",
                ),
                (*ROBINS_I, "no-information"),
            ),
            overall=(*ROBINS_I, "no-information"),
            several={},
        ),
        Tool(
            id="robins-i-2025",
            da="ROBINS-I, version 2 (udkast, 20. november 2025)",
            nb="ROBINS-I, versjon 2 (utkast, 20. november 2025)",
            en="ROBINS-I, version 2 (draft, 20 November 2025)",
            version="2025-11-20",
            source="riskofbias.info, ROBINS-I V2, draft of 20 November 2025",
            designs=NOT_RANDOMISED,
            domains={
                "confounding": ("low-except-confounding", "moderate", "serious", "critical"),
                "classification-of-interventions": ROBINS_I,
                "selection-of-participants": ROBINS_I,
                "missing-data": ROBINS_I,
                "measurement-of-outcome": ROBINS_I,
                "selection-of-result": ROBINS_I,
            },
            overall=("low-except-confounding", "moderate", "serious", "critical"),
            several={"moderate": "serious", "serious": "critical"},
        ),
    )
}
"""By id. ROBINS-I of 2025 swaps the second and third domain of 2016 and drops one."""


@dataclass(frozen=True, slots=True)
class SuggestedOverall:
    """The overall judgement that a tool's own rule gives.

    Parameters
    ----------
    level : str
    because : str
        Which domains it rests on.
    or_else : str or None
        The worse level that the tool leaves to a person where several domains come together.
    source : str
        Where the rule is published.
    """

    level: str
    because: str
    or_else: str | None
    source: str


def suggested_overall(tool: str, judgements: Mapping[str, str]) -> SuggestedOverall:
    """Return the overall judgement that a tool's own rule gives.

    The worst domain decides. In ROBINS-I of 2016 a domain without information makes the whole one without,
    unless another is serious or critical.

    Parameters
    ----------
    tool : str
        A word of `BIAS_TOOLS`.
    judgements : mapping of str to str
        A level for each of the tool's domains.

    Returns
    -------
    SuggestedOverall

    Examples
    --------
    >>> domains = dict.fromkeys(BIAS_TOOLS["rob-2-2019"].domains, "low")
    >>> suggested_overall("rob-2-2019", domains | {"missing-outcome-data": "high"}).level
    'high'
    """
    known = BIAS_TOOLS[tool]
    unknown = [domain for domain in known.domains if judgements[domain] == "no-information"]
    ranks = {
        domain: known.domains[domain].index(judgements[domain])
        for domain in known.domains
        if domain not in unknown
    }
    worst = max(ranks.values(), default=0)
    level = known.overall[worst]
    if unknown and level not in ("serious", "critical"):
        level, deciding = "no-information", unknown
    else:
        deciding = [domain for domain, rank in ranks.items() if rank == worst]
    if worst == 0 and not unknown:
        because = "every domain is at its best level"
    else:
        because = f"{level} in {', '.join(deciding)}"
    return SuggestedOverall(
        level=level,
        because=because,
        or_else=known.several.get(level) if len(deciding) > 1 else None,
        source=known.source,
    )
