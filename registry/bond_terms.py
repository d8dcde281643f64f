"""The words for impact bonds that INDIGO has no list for; its own lists are in `registry.indigo`."""

from registry.terms import terms

PARTY_ROLES = terms(
    ("outcome-payer", "betaler for effekten", "outcome payer"),
    ("investor", "investor", "investor"),
    ("lender", "långiver", "lender"),
    ("guarantor", "garant", "guarantor"),
    ("service-provider", "leverandør", "service provider"),
    ("intermediary", "mellemled", "intermediary"),
    ("evaluator", "evaluator", "evaluator"),
    ("partner", "partner, rollen ikke angivet", "partner, the role not stated"),
)

POLICY_SECTORS = terms(
    ("Employment and training", "beskæftigelse og uddannelse", "employment and training"),
    ("Child and family welfare", "børn og familier", "child and family welfare"),
    ("Health", "sundhed", "health"),
    ("Homelessness", "hjemløshed", "homelessness"),
    ("Education", "undervisning", "education"),
    ("Criminal justice", "kriminalforsorg", "criminal justice"),
    ("Agriculture and environment", "landbrug og miljø", "agriculture and environment"),
    ("Poverty reduction", "fattigdomsbekæmpelse", "poverty reduction"),
)

THRESHOLD_OPERATORS = terms(
    ("at-least", "mindst", "at least"),
    ("more-than", "mere end", "more than"),
    ("at-most", "højst", "at most"),
    ("less-than", "mindre end", "less than"),
    ("equal", "netop", "exactly"),
)

METRIC_CONSTRUCTS = terms(
    ("reoffending", "tilbagefald til kriminalitet", "reoffending"),
    ("out-of-home-care", "anbringelse uden for hjemmet", "out-of-home care"),
    ("child-protection", "foranstaltninger i børneværnet", "child protection measures"),
    ("welfare-benefits", "offentlig forsørgelse", "welfare benefits"),
    ("special-education", "specialundervisning", "special education"),
    ("housing", "bolig", "housing"),
    ("employment", "beskæftigelse", "employment"),
    ("job-start", "påbegyndt job", "job start"),
    ("job-sustained", "fastholdt job", "job sustained"),
    ("employment-or-education", "job eller uddannelse", "employment or education"),
    ("education", "uddannelse", "education"),
    ("enrolment", "indskrivning i skole", "school enrolment"),
    ("learning", "læring", "learning"),
    ("drop-out", "frafald", "drop-out"),
    ("participation", "deltagelse i indsatsen", "taking part in the service"),
    ("sickness-absence", "sygefravær", "sickness absence"),
    ("hypertension", "forhøjet blodtryk", "hypertension"),
    ("diabetes", "diabetes", "diabetes"),
    ("earned-income", "arbejdsindkomst", "earned income"),
    ("public-spending", "offentlige udgifter", "public spending"),
)

METRIC_ASCERTAINMENTS = terms(
    ("point", "på et tidspunkt", "at a point in time"),
    ("period", "samlet over en periode", "as a total over a period"),
    ("ever", "på noget tidspunkt", "at any time"),
)

METRIC_DENOMINATORS = terms(
    ("entered", "startede", "entered"),
    ("engaged", "deltog", "engaged"),
    ("assessed", "undersøgte", "assessed"),
    ("observed", "fulgte", "observed"),
    ("not-stated", "ikke angivet", "not stated"),
)

COUNTERFACTUALS = terms(
    ("none", "ingen sammenligning", "no comparison"),
    ("contract-baseline", "kontraktens udgangspunkt", "baseline set in the contract"),
    ("historical", "historisk sammenligning", "historical comparison"),
    ("matched", "matchet sammenligningsgruppe", "matched comparison group"),
    ("randomised", "randomiseret kontrolgruppe", "randomised control group"),
    (
        "group",
        "sammenligningsgruppe, arten ikke angivet",
        "comparison group, its kind not stated",
    ),
)

COMPARED = tuple(word for word in COUNTERFACTUALS if word != "none")
"""The comparisons that an effect can rest on."""

VALIDATION_LEVELS = terms(
    ("randomised", "randomiseret forsøg", "randomised trial"),
    ("quasi-experimental", "kvasieksperiment", "quasi-experiment"),
    ("historical", "historisk sammenligning", "historical comparison"),
    ("pre-post", "før og efter", "before and after"),
    ("ex-post", "efterfølgende kontrol", "verification afterwards"),
    ("not-available", "ikke oplyst", "not available"),
)

EFFECT_MEASURES = terms(
    ("relative-reduction", "relativ nedgang i procent", "relative reduction in per cent"),
    ("relative-increase", "relativ stigning i procent", "relative increase in per cent"),
    ("risk-difference", "risikoforskel i procentpoint", "risk difference in percentage points"),
    ("mean-difference", "forskel mellem gennemsnit", "mean difference"),
    ("risk-ratio", "relativ risiko", "risk ratio"),
    ("odds-ratio", "oddsratio", "odds ratio"),
    ("direction-only", "kun retning og signifikans", "direction and significance alone"),
)
