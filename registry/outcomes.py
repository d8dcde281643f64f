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
        share("competitive-employment", "Andel personer i beskæftigelse", "Share in employment"),
        amount("days-worked", "days", "Antal arbejdede dage", "Days worked"),
        amount("weeks-worked", "weeks", "Antal arbejdede uger", "Weeks worked"),
        amount(
            "weeks-worked-with-internship",
            "weeks",
            "Antal arbejdede uger inkl. praktik",
            "Weeks worked, internships included",
        ),
        amount("hours-worked", "hours", "Antal arbejdede timer", "Hours worked"),
        amount(
            "time-in-hospital",
            "percent",
            "Andel af tiden på hospital",
            "Share of time in hospital",
            "worse",
            construct="hospital-use",
        ),
        share(
            "hospital-admission",
            "Andel personer indlagt",
            "Share admitted to hospital",
            "worse",
            construct="hospital-use",
        ),
        # Employment, by what counts as employment.
        share(
            "competitive-employment-20-hours",
            "Andel personer i ordinær beskæftigelse mindst 20 timer om ugen",
            "Share in competitive employment of at least 20 hours a week",
        ),
        share(
            "new-competitive-job",
            "Andel personer, der fik et nyt ordinært job",
            "Share that got a new competitive job",
        ),
        share(
            "steady-worker",
            "Andel personer i ordinært job mindst halvdelen af tiden",
            "Share in a competitive job for at least half of the follow-up",
        ),
        share(
            "employment",
            "Andel personer i beskæftigelse, arten ikke angivet",
            "Share in employment, its kind not stated",
        ),
        share(
            "employment-commenced",
            "Andel personer, der begyndte i beskæftigelse",
            "Share that commenced employment",
        ),
        share("job-acquisition", "Andel personer, der fik et job", "Share that got a job"),
        share("any-paid-employment", "Andel personer i lønnet arbejde", "Share in any paid work"),
        share("any-work", "Andel personer i arbejde af enhver art", "Share in work of any kind"),
        share(
            "sheltered-employment",
            "Andel personer i beskyttet beskæftigelse",
            "Share in sheltered employment",
            "neither",
        ),
        # Composites.
        share(
            "employment-or-education",
            "Andel personer i beskæftigelse eller uddannelse",
            "Share in employment or education",
            construct="employment-or-education",
        ),
        share(
            "competitive-employment-or-school",
            "Andel personer i ordinær beskæftigelse eller skole",
            "Share in competitive employment or school",
            construct="employment-or-education",
        ),
        share(
            "education-employment-or-training",
            "Andel personer i uddannelse, beskæftigelse eller oplæring",
            "Share in education, employment or training",
            construct="employment-or-education",
        ),
        share(
            "education-employment-or-training-15-hours",
            "Andel personer i uddannelse, beskæftigelse eller oplæring mindst 15 timer om ugen",
            "Share in education, employment or training of at least 15 hours a week",
            construct="employment-or-education",
        ),
        share(
            "work-internship-or-education",
            "Andel personer i arbejde, praktik eller uddannelse",
            "Share in work, internship or education",
            construct="employment-or-education",
        ),
        # How much.
        amount(
            "days-in-competitive-employment",
            "days",
            "Antal dage i ordinær beskæftigelse",
            "Days in competitive employment",
        ),
        amount(
            "days-in-any-paid-employment",
            "days",
            "Antal dage i lønnet arbejde",
            "Days in any paid employment",
        ),
        amount(
            "weeks-in-employment-or-education",
            "weeks",
            "Antal uger i beskæftigelse eller uddannelse",
            "Weeks in employment or education",
            construct="employment-or-education",
        ),
        amount(
            "weeks-worked-per-year",
            "weeks",
            "Antal arbejdede uger om året",
            "Weeks worked a year",
        ),
        amount(
            "share-of-eligible-weeks-worked",
            "percent",
            "Andel arbejdede uger af mulige uger",
            "Share of eligible weeks worked",
        ),
        amount(
            "hours-worked-competitive",
            "hours",
            "Antal arbejdede timer i ordinær beskæftigelse",
            "Hours worked in competitive employment",
        ),
        amount("job-tenure", "weeks", "Ansættelsens varighed", "Job tenure", kind="duration"),
        amount(
            "job-tenure-competitive",
            "weeks",
            "Ansættelsens varighed, ordinær beskæftigelse",
            "Job tenure, competitive employment",
            kind="duration",
        ),
        amount(
            "job-tenure-any-paid",
            "weeks",
            "Ansættelsens varighed, lønnet arbejde",
            "Job tenure, any paid employment",
            kind="duration",
        ),
        amount("job-length", "weeks", "Jobbets længde", "Job length", kind="duration"),
        amount(
            "time-to-first-competitive-job",
            "days",
            "Tid til første ordinære job",
            "Time to the first competitive job",
            "worse",
            kind="duration",
        ),
        amount(
            "employment-contracts",
            "count",
            "Antal ansættelser pr. person",
            "Employment contracts per person",
            "neither",
        ),
        amount("income", "currency", "Indkomst", "Income", construct="income"),
        amount("earnings", "currency", "Lønindtægt", "Earnings", construct="income"),
        amount("monthly-wage", "currency", "Månedsløn", "Monthly wage", construct="income"),
        # Health.
        amount(
            "number-of-hospital-admissions",
            "count",
            "Antal indlæggelser pr. person",
            "Hospital admissions per person",
            "worse",
            construct="hospital-use",
        ),
        amount(
            "quality-of-life",
            "score",
            "Livskvalitet",
            "Quality of life",
            construct="quality-of-life",
        ),
        amount(
            "global-functioning",
            "score",
            "Samlet funktionsniveau",
            "Global functioning",
            construct="functioning",
        ),
        amount(
            "mental-health", "score", "Psykisk helbred", "Mental health", construct="mental-health"
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
