"""Outcomes: what trials measure. What differs stays apart, however alike the words are.

Employment alone has many constructs: competitive or of any kind, a first day or steady work, with or
without education. Two results are one outcome only if they count the same thing. When it was seen (at a
point, during a window, as a total) is not part of the word; each result says that.
"""

from collections.abc import Mapping

from registry.terms import Outcome, amount, share

OUTCOMES: Mapping[str, Outcome] = {
    outcome.id: outcome
    for outcome in (
        share(
            "competitive-employment",
            "Andel personer i beskæftigelse",
            "Andel personer i arbeid",
            "Share in employment",
        ),
        amount(
            "days-worked", "days", "Antal arbejdede dage", "Antall arbeidede dager", "Days worked"
        ),
        amount(
            "weeks-worked", "weeks", "Antal arbejdede uger", "Antall arbeidede uker", "Weeks worked"
        ),
        amount(
            "weeks-worked-with-internship",
            "weeks",
            "Antal arbejdede uger inkl. praktik",
            "Antall arbeidede uker inkl. praksis",
            "Weeks worked, internships included",
        ),
        amount(
            "hours-worked",
            "hours",
            "Antal arbejdede timer",
            "Antall arbeidede timer",
            "Hours worked",
        ),
        amount(
            "time-in-hospital",
            "percent",
            "Andel af tiden på hospital",
            "Andel av tiden på sykehus",
            "Share of time in hospital",
            "worse",
            construct="hospital-use",
        ),
        share(
            "hospital-admission",
            "Andel personer indlagt",
            "Andel personer innlagt på sykehus",
            "Share admitted to hospital",
            "worse",
            construct="hospital-use",
        ),
        # Employment, by what counts as employment.
        share(
            "competitive-employment-20-hours",
            "Andel personer i ordinær beskæftigelse mindst 20 timer om ugen",
            "Andel personer i ordinært arbeid minst 20 timer i uken",
            "Share in competitive employment of at least 20 hours a week",
        ),
        share(
            "new-competitive-job",
            "Andel personer, der fik et nyt ordinært job",
            "Andel personer som fikk en ny ordinær jobb",
            "Share that got a new competitive job",
        ),
        share(
            "steady-worker",
            "Andel personer i ordinært job mindst halvdelen af tiden",
            "Andel personer i ordinær jobb minst halvparten av tiden",
            "Share in a competitive job for at least half of the follow-up",
        ),
        share(
            "employment",
            "Andel personer i beskæftigelse, arten ikke angivet",
            "Andel personer i arbeid, arten ikke oppgitt",
            "Share in employment, its kind not stated",
        ),
        share(
            "employment-commenced",
            "Andel personer, der begyndte i beskæftigelse",
            "Andel personer som begynte i arbeid",
            "Share that commenced employment",
        ),
        share(
            "job-acquisition",
            "Andel personer, der fik et job",
            "Andel personer som fikk en jobb",
            "Share that got a job",
        ),
        share(
            "any-paid-employment",
            "Andel personer i lønnet arbejde",
            "Andel personer i lønnet arbeid",
            "Share in any paid work",
        ),
        share(
            "any-work",
            "Andel personer i arbejde af enhver art",
            "Andel personer i arbeid av ethvert slag",
            "Share in work of any kind",
        ),
        share(
            "sheltered-employment",
            "Andel personer i beskyttet beskæftigelse",
            "Andel personer i skjermet arbeid",
            "Share in sheltered employment",
            "neither",
        ),
        # Composites.
        share(
            "employment-or-education",
            "Andel personer i beskæftigelse eller uddannelse",
            "Andel personer i arbeid eller utdanning",
            "Share in employment or education",
            construct="employment-or-education",
        ),
        share(
            "competitive-employment-or-school",
            "Andel personer i ordinær beskæftigelse eller skole",
            "Andel personer i ordinært arbeid eller skole",
            "Share in competitive employment or school",
            construct="employment-or-education",
        ),
        share(
            "education-employment-or-training",
            "Andel personer i uddannelse, beskæftigelse eller oplæring",
            "Andel personer i utdanning, arbeid eller opplæring",
            "Share in education, employment or training",
            construct="employment-or-education",
        ),
        share(
            "education-employment-or-training-15-hours",
            "Andel personer i uddannelse, beskæftigelse eller oplæring mindst 15 timer om ugen",
            "Andel personer i utdanning, arbeid eller opplæring minst 15 timer i uken",
            "Share in education, employment or training of at least 15 hours a week",
            construct="employment-or-education",
        ),
        share(
            "work-internship-or-education",
            "Andel personer i arbejde, praktik eller uddannelse",
            "Andel personer i arbeid, praksis eller utdanning",
            "Share in work, internship or education",
            construct="employment-or-education",
        ),
        # How much.
        amount(
            "days-in-competitive-employment",
            "days",
            "Antal dage i ordinær beskæftigelse",
            "Antall dager i ordinært arbeid",
            "Days in competitive employment",
        ),
        amount(
            "days-in-any-paid-employment",
            "days",
            "Antal dage i lønnet arbejde",
            "Antall dager i lønnet arbeid",
            "Days in any paid employment",
        ),
        amount(
            "weeks-in-employment-or-education",
            "weeks",
            "Antal uger i beskæftigelse eller uddannelse",
            "Antall uker i arbeid eller utdanning",
            "Weeks in employment or education",
            construct="employment-or-education",
        ),
        amount(
            "weeks-worked-per-year",
            "weeks",
            "Antal arbejdede uger om året",
            "Antall arbeidede uker i året",
            "Weeks worked a year",
        ),
        amount(
            "share-of-eligible-weeks-worked",
            "percent",
            "Andel arbejdede uger af mulige uger",
            "Andel arbeidede uker av mulige uker",
            "Share of eligible weeks worked",
        ),
        amount(
            "hours-worked-competitive",
            "hours",
            "Antal arbejdede timer i ordinær beskæftigelse",
            "Antall arbeidede timer i ordinært arbeid",
            "Hours worked in competitive employment",
        ),
        amount(
            "job-tenure",
            "weeks",
            "Ansættelsens varighed",
            "Ansettelsens varighet",
            "Job tenure",
            kind="duration",
        ),
        amount(
            "job-tenure-competitive",
            "weeks",
            "Ansættelsens varighed, ordinær beskæftigelse",
            "Ansettelsens varighet, ordinært arbeid",
            "Job tenure, competitive employment",
            kind="duration",
        ),
        amount(
            "job-tenure-any-paid",
            "weeks",
            "Ansættelsens varighed, lønnet arbejde",
            "Ansettelsens varighet, lønnet arbeid",
            "Job tenure, any paid employment",
            kind="duration",
        ),
        amount(
            "job-length", "weeks", "Jobbets længde", "Jobbens lengde", "Job length", kind="duration"
        ),
        amount(
            "time-to-first-competitive-job",
            "days",
            "Tid til første ordinære job",
            "Tid til første ordinære jobb",
            "Time to the first competitive job",
            "worse",
            kind="duration",
        ),
        amount(
            "employment-contracts",
            "count",
            "Antal ansættelser pr. person",
            "Antall ansettelser per person",
            "Employment contracts per person",
            "neither",
        ),
        amount("income", "currency", "Indkomst", "Inntekt", "Income", construct="income"),
        amount(
            "earnings", "currency", "Lønindtægt", "Lønnsinntekt", "Earnings", construct="income"
        ),
        amount(
            "monthly-wage",
            "currency",
            "Månedsløn",
            "Månedslønn",
            "Monthly wage",
            construct="income",
        ),
        # Health.
        amount(
            "number-of-hospital-admissions",
            "count",
            "Antal indlæggelser pr. person",
            "Antall innleggelser per person",
            "Hospital admissions per person",
            "worse",
            construct="hospital-use",
        ),
        amount(
            "quality-of-life",
            "score",
            "Livskvalitet",
            "Livskvalitet",
            "Quality of life",
            construct="quality-of-life",
        ),
        amount(
            "global-functioning",
            "score",
            "Samlet funktionsniveau",
            "Samlet funksjonsnivå",
            "Global functioning",
            construct="functioning",
        ),
        amount(
            "mental-health",
            "score",
            "Psykisk helbred",
            "Psykisk helse",
            "Mental health",
            construct="mental-health",
        ),
    )
}

IN_WHOLE_NUMBERS = frozenset(
    outcome.id
    for outcome in OUTCOMES.values()
    if outcome.unit in ("count", "days", "weeks")
    and outcome.kind != "duration"
    and outcome.id != "weeks-worked-per-year"
)
"""What each person has a whole number of: times, days, weeks. A duration may be worked out from months, and a
yearly figure is divided, so that neither need be whole."""
