"""Populations: whom trials are about, as narrowly as their reports say it."""

from registry.terms import terms

POPULATIONS = terms(
    (
        "severe-mental-illness",
        "personer med svær psykisk sygdom",
        "personer med alvorlig psykisk lidelse",
        "people with severe mental illness",
    ),
    ("veterans-with-ptsd", "veteraner med PTSD", "veteraner med PTSD", "veterans with PTSD"),
    (
        "refugees-and-family",
        "flygtninge og familiesammenførte til flygtninge",
        "flyktninger og familiegjenforente til flyktninger",
        "refugees and family members reunited with refugees",
    ),
    ("ips-participants", "deltagere i IPS", "deltakere i IPS", "participants in IPS"),
    (
        "mental-illness",
        "personer med psykisk sygdom",
        "personer med psykisk lidelse",
        "people with mental illness",
    ),
    (
        "moderate-to-severe-mental-illness",
        "personer med moderat til svær psykisk sygdom",
        "personer med moderat til alvorlig psykisk lidelse",
        "people with moderate to severe mental illness",
    ),
    (
        "severe-mental-illness-or-other-disabilities",
        "personer med svær psykisk sygdom eller andre funktionsnedsættelser",
        "personer med alvorlig psykisk lidelse eller andre funksjonsnedsettelser",
        "people with severe mental illness or other disabilities",
    ),
    (
        "other-than-severe-mental-illness",
        "personer uden svær psykisk sygdom",
        "personer uten alvorlig psykisk lidelse",
        "people with conditions other than severe mental illness",
    ),
    (
        "young-adults-with-severe-mental-illness",
        "unge voksne med svær psykisk sygdom",
        "unge voksne med alvorlig psykisk lidelse",
        "young adults with severe mental illness",
    ),
    (
        "severe-mental-illness-and-justice-involvement",
        "personer med svær psykisk sygdom i kontakt med retsvæsenet",
        "personer med alvorlig psykisk lidelse i kontakt med rettsvesenet",
        "people with severe mental illness and justice involvement",
    ),
    (
        "schizophrenia",
        "personer med skizofreni eller beslægtede lidelser",
        "personer med schizofreni eller beslektede lidelser",
        "people with schizophrenia or related disorders",
    ),
    (
        "early-psychosis",
        "personer med ny psykose",
        "personer med nyoppstått psykose",
        "people with a first episode of psychosis, or early psychosis",
    ),
    (
        "affective-disorders",
        "personer med affektive lidelser",
        "personer med affektive lidelser",
        "people with affective disorders",
    ),
    (
        "mood-and-anxiety-disorders",
        "personer med affektive lidelser og angst",
        "personer med affektive lidelser og angst",
        "people with mood and anxiety disorders",
    ),
    (
        "disability-beneficiaries-with-mental-illness",
        "førtidspensionister med psykisk sygdom",
        "uføretrygdede med psykisk lidelse",
        "people with mental illness on disability benefits",
    ),
    (
        "formerly-homeless-with-mental-illness",
        "tidligere hjemløse med psykisk sygdom",
        "tidligere bostedsløse med psykisk lidelse",
        "formerly homeless people with mental illness",
    ),
    (
        "formerly-incarcerated-veterans",
        "tidligere fængslede veteraner",
        "tidligere fengslede veteraner",
        "formerly incarcerated veterans",
    ),
    (
        "veterans-with-spinal-cord-injury",
        "veteraner med rygmarvsskade",
        "veteraner med ryggmargsskade",
        "veterans with spinal cord injury",
    ),
    (
        "opioid-use-disorder",
        "personer i behandling for opioidafhængighed",
        "personer i behandling for opioidavhengighet",
        "people treated for opioid use disorder",
    ),
    (
        "alcohol-and-drug-dependence",
        "personer med alkohol- eller stofafhængighed",
        "personer med alkohol- eller narkotikaavhengighet",
        "people with alcohol or drug dependence",
    ),
    (
        "substance-abuse",
        "personer med misbrug",
        "personer med rusmisbruk",
        "people with substance abuse",
    ),
    (
        "musculoskeletal-injuries",
        "arbejdstagere med muskel- og skeletskader",
        "arbeidstakere med muskel- og skjelettskader",
        "workers with musculoskeletal injuries",
    ),
    (
        "young-adults-at-risk-of-disability",
        "unge voksne i risiko for at forlade arbejdsmarkedet",
        "unge voksne med risiko for å falle ut av arbeidslivet",
        "young adults at risk of early work disability",
    ),
    (
        "mild-or-moderate-health-conditions",
        "personer med lettere eller moderate psykiske eller fysiske helbredsproblemer",
        "personer med lettere eller moderate psykiske eller fysiske helseproblemer",
        "people with mild or moderate mental or physical health conditions",
    ),
    ("not-stated", "ikke angivet", "ikke oppgitt", "not stated"),
)
