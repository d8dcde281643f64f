"""The words for impact bonds that INDIGO has no list for; its own lists are in `registry.indigo`."""

from registry.terms import terms

PARTY_ROLES = terms(
    ("outcome-payer", "betaler for effekten", "betaler for effekten", "outcome payer"),
    ("investor", "investor", "investor", "investor"),
    ("lender", "långiver", "långiver", "lender"),
    ("guarantor", "garant", "garantist", "guarantor"),
    ("service-provider", "leverandør", "leverandør", "service provider"),
    ("intermediary", "mellemled", "mellomledd", "intermediary"),
    ("evaluator", "evaluator", "evaluator", "evaluator"),
    (
        "partner",
        "partner, rollen ikke angivet",
        "partner, rollen ikke oppgitt",
        "partner, the role not stated",
    ),
)

POLICY_SECTORS = terms(
    (
        "Employment and training",
        "beskæftigelse og uddannelse",
        "arbeid og utdanning",
        "employment and training",
    ),
    (
        "Child and family welfare",
        "børn og familier",
        "barn og familier",
        "child and family welfare",
    ),
    ("Health", "sundhed", "helse", "health"),
    ("Homelessness", "hjemløshed", "bostedsløshet", "homelessness"),
    ("Education", "undervisning", "undervisning", "education"),
    ("Criminal justice", "kriminalforsorg", "kriminalomsorg", "criminal justice"),
    (
        "Agriculture and environment",
        "landbrug og miljø",
        "landbruk og miljø",
        "agriculture and environment",
    ),
    ("Poverty reduction", "fattigdomsbekæmpelse", "fattigdomsbekjempelse", "poverty reduction"),
)

THRESHOLD_OPERATORS = terms(
    ("at-least", "mindst", "minst", "at least"),
    ("more-than", "mere end", "mer enn", "more than"),
    ("at-most", "højst", "høyst", "at most"),
    ("less-than", "mindre end", "mindre enn", "less than"),
    ("equal", "netop", "nøyaktig", "exactly"),
)

METRIC_CONSTRUCTS = terms(
    ("reoffending", "tilbagefald til kriminalitet", "tilbakefall til kriminalitet", "reoffending"),
    (
        "out-of-home-care",
        "anbringelse uden for hjemmet",
        "plassering utenfor hjemmet",
        "out-of-home care",
    ),
    (
        "child-protection",
        "foranstaltninger i børneværnet",
        "tiltak i barnevernet",
        "child protection measures",
    ),
    ("welfare-benefits", "offentlig forsørgelse", "offentlige ytelser", "welfare benefits"),
    ("special-education", "specialundervisning", "spesialundervisning", "special education"),
    ("housing", "bolig", "bolig", "housing"),
    ("employment", "beskæftigelse", "arbeid", "employment"),
    ("job-start", "påbegyndt job", "påbegynt jobb", "job start"),
    ("job-sustained", "fastholdt job", "beholdt jobb", "job sustained"),
    (
        "employment-or-education",
        "job eller uddannelse",
        "jobb eller utdanning",
        "employment or education",
    ),
    ("education", "uddannelse", "utdanning", "education"),
    ("enrolment", "indskrivning i skole", "innskriving i skole", "school enrolment"),
    ("learning", "læring", "læring", "learning"),
    ("drop-out", "frafald", "frafall", "drop-out"),
    (
        "participation",
        "deltagelse i indsatsen",
        "deltakelse i tiltaket",
        "taking part in the service",
    ),
    ("sickness-absence", "sygefravær", "sykefravær", "sickness absence"),
    ("hypertension", "forhøjet blodtryk", "høyt blodtrykk", "hypertension"),
    ("diabetes", "diabetes", "diabetes", "diabetes"),
    ("earned-income", "arbejdsindkomst", "arbeidsinntekt", "earned income"),
    ("public-spending", "offentlige udgifter", "offentlige utgifter", "public spending"),
)

METRIC_ASCERTAINMENTS = terms(
    ("point", "på et tidspunkt", "på et tidspunkt", "at a point in time"),
    ("period", "samlet over en periode", "samlet over en periode", "as a total over a period"),
    ("ever", "på noget tidspunkt", "på noe tidspunkt", "at any time"),
)

METRIC_DENOMINATORS = terms(
    ("entered", "startede", "startet", "entered"),
    ("engaged", "deltog", "deltok", "engaged"),
    ("assessed", "undersøgte", "undersøkte", "assessed"),
    ("observed", "fulgte", "fulgte", "observed"),
    ("not-stated", "ikke angivet", "ikke oppgitt", "not stated"),
)

COUNTERFACTUALS = terms(
    ("none", "ingen sammenligning", "ingen sammenligning", "no comparison"),
    (
        "contract-baseline",
        "kontraktens udgangspunkt",
        "kontraktens utgangspunkt",
        "baseline set in the contract",
    ),
    ("historical", "historisk sammenligning", "historisk sammenligning", "historical comparison"),
    (
        "matched",
        "matchet sammenligningsgruppe",
        "matchet sammenligningsgruppe",
        "matched comparison group",
    ),
    (
        "randomised",
        "randomiseret kontrolgruppe",
        "randomisert kontrollgruppe",
        "randomised control group",
    ),
    (
        "group",
        "sammenligningsgruppe, arten ikke angivet",
        "sammenligningsgruppe, arten ikke oppgitt",
        "comparison group, its kind not stated",
    ),
)

COMPARED = tuple(word for word in COUNTERFACTUALS if word != "none")
"""The comparisons that an effect can rest on."""

VALIDATION_LEVELS = terms(
    ("randomised", "randomiseret forsøg", "randomisert forsøk", "randomised trial"),
    ("quasi-experimental", "kvasieksperiment", "kvasieksperiment", "quasi-experiment"),
    ("historical", "historisk sammenligning", "historisk sammenligning", "historical comparison"),
    ("pre-post", "før og efter", "før og etter", "before and after"),
    ("ex-post", "efterfølgende kontrol", "etterfølgende kontroll", "verification afterwards"),
    ("not-available", "ikke oplyst", "ikke oppgitt", "not available"),
)

EFFECT_MEASURES = terms(
    (
        "relative-reduction",
        "relativ nedgang i procent",
        "relativ nedgang i prosent",
        "relative reduction in per cent",
    ),
    (
        "relative-increase",
        "relativ stigning i procent",
        "relativ økning i prosent",
        "relative increase in per cent",
    ),
    (
        "risk-difference",
        "risikoforskel i procentpoint",
        "risikodifferanse i prosentpoeng",
        "risk difference in percentage points",
    ),
    (
        "mean-difference",
        "forskel mellem gennemsnit",
        "forskjell mellom gjennomsnitt",
        "mean difference",
    ),
    ("risk-ratio", "relativ risiko", "relativ risiko", "risk ratio"),
    ("odds-ratio", "oddsratio", "oddsratio", "odds ratio"),
    (
        "direction-only",
        "kun retning og signifikans",
        "bare retning og signifikans",
        "direction and significance alone",
    ),
)
