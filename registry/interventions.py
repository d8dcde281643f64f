"""Interventions: what is tried, and what it is compared with."""

from registry.terms import terms

INTERVENTIONS = terms(
    (
        "ips",
        "Individual Placement and Support (IPS)",
        "Individual Placement and Support (IPS)",
        "Individual Placement and Support (IPS)",
    ),
    (
        "usual-employment-service",
        "sædvanlig beskæftigelsesindsats (SB)",
        "vanlig arbeidsrettet oppfølging",
        "usual employment service",
    ),
    ("ips-modified", "tilpasset IPS", "tilpasset IPS", "adapted IPS"),
    (
        "ips-with-other-services",
        "IPS sammen med andre indsatser",
        "IPS sammen med andre tiltak",
        "IPS together with other services",
    ),
    (
        "ips-with-skills-training",
        "IPS med træning i arbejdsrelaterede sociale færdigheder",
        "IPS med trening i arbeidsrelaterte sosiale ferdigheter",
        "IPS with work-related social skills training",
    ),
    (
        "ips-with-cognitive-remediation",
        "IPS med kognitiv træning",
        "IPS med kognitiv trening",
        "IPS with cognitive remediation",
    ),
    ("usual-services", "sædvanlige tilbud", "vanlige tilbud", "usual services"),
    (
        "traditional-vocational-rehabilitation",
        "traditionel arbejdsrehabilitering",
        "tradisjonell arbeidsrehabilitering",
        "traditional vocational rehabilitation",
    ),
    (
        "enhanced-vocational-rehabilitation",
        "udvidet arbejdsrehabilitering",
        "utvidet arbeidsrehabilitering",
        "enhanced vocational rehabilitation",
    ),
    (
        "psychosocial-rehabilitation",
        "psykosocial rehabilitering",
        "psykososial rehabilitering",
        "psychosocial rehabilitation",
    ),
    (
        "group-skills-training",
        "færdighedstræning i grupper",
        "ferdighetstrening i grupper",
        "group skills training",
    ),
    (
        "diversified-placement",
        "flere typer af placeringer",
        "flere typer plasseringer",
        "diversified placement approach",
    ),
    ("transitional-work", "overgangsarbejde", "overgangsarbeid", "transitional work"),
    ("job-club", "jobklub", "jobbklubb", "job club"),
    (
        "job-search-orientation",
        "vejledning i jobsøgning",
        "veiledning i jobbsøking",
        "job search orientation",
    ),
    (
        "vocational-programme",
        "beskæftigelsesforløb",
        "arbeidsrettet program",
        "vocational programme",
    ),
    (
        "clinical-treatment-with-vocational-rehabilitation",
        "behandling og arbejdsrehabilitering",
        "behandling og arbeidsrehabilitering",
        "clinical treatment and vocational rehabilitation",
    ),
    ("waiting-list", "venteliste", "venteliste", "waiting list"),
    (
        "no-structured-support",
        "ingen struktureret støtte",
        "ingen strukturert støtte",
        "no structured support",
    ),
    (
        "various-control-services",
        "forskellige kontrolindsatser",
        "ulike kontrolltiltak",
        "various control services",
    ),
)
