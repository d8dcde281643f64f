"""The columns of the tables in a release's folder: name, type of Table Schema, and meaning."""

Columns = tuple[tuple[str, str, str], ...]
"""Name, type and meaning of each column, in order."""

STUDY_COLUMNS: Columns = (
    ("outcome", "string", "The outcome, of the vocabulary of Evidens"),
    ("study", "string", "The study's id"),
    ("label", "string", "Authors and year"),
    ("design", "string", "The design"),
    ("intervention", "number", "The intervention arm's amount, on the horizon of the synthesis"),
    ("comparator", "number", "The comparator arm's amount, on the horizon of the synthesis"),
    ("unit", "string", "The unit of both"),
    ("relative_difference", "number", "Intervention over comparator"),
    ("printed_intervention", "string", "The intervention arm's amount as the report prints it"),
    ("printed_comparator", "string", "The comparator arm's amount as the report prints it"),
    ("window", "string", "When or how long the report saw it"),
    ("assumptions", "string", "The steps from printed to used, with commas between"),
    ("report", "string", "The report that it was read in"),
    ("where", "string", "Where in the report"),
)

COUNT_COLUMNS: Columns = (
    ("outcome", "string", "The outcome"),
    ("measure", "string", "RR, OR or RD"),
    ("study", "string", "The study's id"),
    ("ai", "integer", "Events in the intervention arm; one of the sets that the percentages admit"),
    ("n1i", "integer", "People in the intervention arm"),
    ("ci", "integer", "Events in the comparator arm"),
    ("n2i", "integer", "People in the comparator arm"),
)

POOLED_COLUMNS: Columns = (
    ("outcome", "string", "The outcome"),
    ("measure", "string", "RR, OR or RD"),
    ("method", "string", "How tau2 was estimated; EE is a common effect"),
    ("test", "string", "z, or knha for Knapp and Hartung"),
    ("level", "number", "Of the interval"),
    ("k", "integer", "Studies"),
    ("estimate", "number", "On the natural scale of the measure"),
    ("ci_low", "number", "Lower end of the interval"),
    ("ci_high", "number", "Upper end of the interval"),
    ("tau2", "number", "Between-study variance, on the scale of the analysis"),
)

_SYNTHESIS: Columns = (
    ("synthesis", "string", "The synthesis"),
    ("version", "string", "Its version"),
    ("content_sha256", "string", "Hash of its estimate"),
    ("outcome", "string", "The outcome"),
    ("higher_is", "string", "Whether more of it is better or worse"),
)

SOEM_COLUMNS: Columns = (
    *_SYNTHESIS,
    ("measure", "string", "The effect that the rate follows from"),
    ("k", "integer", "Studies"),
    ("rate", "number", "Percentage points that the programme adds to the share without it"),
    ("low", "number", "Lower end of the interval of the mean effect, percentage points"),
    ("high", "number", "Upper end of it"),
    ("site_low", "number", "Lower end for one more site, percentage points"),
    ("site_high", "number", "Upper end of it"),
    ("interval_level", "number", "Coverage of both intervals"),
    ("baseline", "number", "The share without the programme, percent"),
    ("baseline_source", "string", "Where that is from"),
    ("horizon_months", "number", "Months after the start"),
    ("year", "integer", "The year of completion; empty"),
    ("year_reason", "string", "Why it is empty"),
    ("level", "integer", "Level of evidence in SØM, 1 to 3"),
    ("level_reason", "string", "Why it is this level"),
    ("match", "string", "Whom and what the evidence is about, and its cautions"),
    ("reason", "string", "Why there is no rate, or what is odd about it"),
)

WSIPP_COLUMNS: Columns = (
    *_SYNTHESIS,
    ("k", "integer", "Studies"),
    ("people", "integer", "People in them"),
    ("es_1", "number", "Effect size at the first age: ln(OR) / 1.65"),
    ("se_1", "number", "Its standard error"),
    ("df", "integer", "Degrees of freedom of its interval"),
    ("age_1", "number", "The first age; empty"),
    ("age_1_reason", "string", "Why it is empty"),
    ("es_2", "number", "Effect size at the second age; empty"),
    ("se_2", "number", "Its standard error; empty"),
    ("age_2", "number", "The second age; empty"),
    ("second_reason", "string", "Why these are empty; an empty cell is no zero"),
    ("odds_ratio", "string", "What the odds ratio rests on"),
    ("horizon_months", "number", "Months after the start"),
    ("monetised", "string", "Whether the effect has a price"),
    ("reason", "string", "Why there is no effect size"),
)

DRAW_COLUMNS: Columns = (
    ("outcome", "string", "The outcome; rows of two outcomes do not belong together"),
    ("draw", "integer", "Number of the possible world, from 1"),
    ("mu", "number", "Mean effect of many sites, on the scale of the analysis"),
    ("tau", "number", "How much sites differ: standard deviation on the same scale"),
    ("theta_new", "number", "Effect in the next site, on the same scale"),
    ("p0", "number", "Share there without the programme"),
    ("p1", "number", "Share there with it"),
    ("rd", "number", "p1 less p0"),
    ("rr", "number", "p1 over p0"),
    ("weeks", "number", "Weeks gained; empty, since no uncertainty of them is reported"),
    ("hours", "number", "Hours gained; empty, for the same reason"),
    ("outside", "integer", "1 where p1 is above 1, -1 where it is below 0, else 0"),
)
