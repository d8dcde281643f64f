"""The options of ``evidens pool``, in the order of its help."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[
    str, typer.Argument(metavar="FILE", help="A CSV or XLSX table; - reads standard input.")
]
Measure = Annotated[
    str | None,
    typer.Option(
        help="A code of the list in docs/methods.md, e.g. RR; GEN if there is a column yi."
    ),
]
Method = Annotated[
    str,
    typer.Option(
        help="REML, DL, HE, HS, SJ, ML, EB, PM ... for random effects, EE for a common one; MH or PETO for "
        "tables; UM.FS, UM.RS, CM.EL, CM.AL (OR, IRR) or GLMM (PLO, IRLN) for mixed models of counts, as in "
        "UM.RS:correlated."
    ),
]
Test = Annotated[
    str | None,
    typer.Option(
        help="knha (Knapp-Hartung, the default), adhoc (the same, never narrower than z), z or t."
    ),
]
Level = Annotated[float, typer.Option(help="Coverage of the intervals.")]
Mods = Annotated[
    str | None, typer.Option(help="Moderators as a formula, e.g. '~ year + C(design)'.")
]
Reference = Annotated[
    list[str] | None,
    typer.Option(metavar="COL=LEVEL", help="The level that a category is compared with."),
]
Seed = Annotated[
    int | None, typer.Option(help="With which random numbers are drawn, of --interval.")
]
Subgroup = Annotated[
    str | None, typer.Option(metavar="COL", help="Pool the studies of each value of a column.")
]
CommonTau2 = Annotated[bool, typer.Option("--common-tau2", help="One tau2 for all subgroups.")]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="COL",
        help="The column of clusters, usually the study: inference robust to any dependence in them.",
    ),
]
Vcov = Annotated[
    str,
    typer.Option(help="Of --cluster: CR2, CR1, CR0, CR3, CR1S1 or CR1S2."),
]
PiLevel = Annotated[
    float | None, typer.Option(help="Of --cluster: coverage of the prediction interval, e.g. 0.67.")
]
Errors = Annotated[
    str | None,
    typer.Option(
        metavar="HOW",
        help="How sampling errors hang together within clusters: correlated:rho=0.6, with "
        "group1=COL,n1=COL,group2=COL,n2=COL,measurement=COL,apart=COL where contrasts share people; "
        "autocorrelated:phi=0.5,time=COL; given:columns=COL/COL.",
    ),
]
Random = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TERM",
        help="Random effects, e.g. '~ 1 | study/effect' or '~ outcome | study'. By default, with "
        "--errors correlated, studies and estimates within them (CHE).",
    ),
]
Struct = Annotated[
    list[str] | None,
    typer.Option(help="Of '~ inner | outer' terms: CS, HCS, UN, AR, ID or DIAG."),
]
Df = Annotated[
    str,
    typer.Option(help="Of the t tests with --random: contain or residual."),
]
Aggregate = Annotated[
    bool,
    typer.Option(
        "--aggregate",
        help="Combine the estimates of each cluster into one by --errors, then pool.",
    ),
]
Also = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ANALYSIS",
        help="What comes after the estimate, e.g. leave-one-out or gosh:subsets=10000,seed=1; "
        "`evidens analyses` lists them.",
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(metavar="COL", help="A column of weights, or equal, or n for numbers of people."),
]
Tau2 = Annotated[float | None, typer.Option(help="A value of tau2 that is known.")]
Pi = Annotated[
    str, typer.Option(help="Prediction interval: default (as the test), riley, t or simple.")
]
I2 = Annotated[str | None, typer.Option(help="Definition of I2: tau2, or q for (Q - df) / Q.")]
Vtype = Annotated[
    str, typer.Option(help="Sampling variance: LS, LS2, UB, AV ... as the measure has them.")
]
Add = Annotated[
    float | None,
    typer.Option(help="Constant added to zero cells, by default that of the measure."),
]
To = Annotated[
    str,
    typer.Option(help="Where it is added: only0 (studies with a zero), all, if0all or none."),
]
Drop00 = Annotated[
    bool, typer.Option("--drop00", help="Leave out studies without events in both groups.")
]
Arms = Annotated[
    str | None,
    typer.Option(
        help="Average m1i and m2i each by itself instead: unweighted, n or inverse-variance."
    ),
]
Interval = Annotated[
    str,
    typer.Option(help="Of --arms: delta, bootstrap-people or bootstrap-studies (with --seed)."),
]
MissingSd = Annotated[
    str | None,
    typer.Option(
        help="Of --arms: a missing standard deviation is this number, this multiple of the "
        "mean (1.5x), or borrowed from the arms that report one."
    ),
]
Figure = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Figures to draw, parted by commas: forest, funnel, leave-one-out, cumulative, baujat, gosh, "
        "tau, specification-curve.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Of --figure: the folder for the files, by default out."),
]
Pictures = Annotated[
    str | None,
    typer.Option(
        "--picture", help="Of --figure: formats, parted by commas: svg (default), png, pdf, html."
    ),
]
PresetName = Annotated[
    str | None,
    typer.Option("--preset", help="Of the forest plot: evidens (default), revman, bmj or jama."),
]
ArmNames = Annotated[
    str | None,
    typer.Option("--arm-names", help="Of the forest plot: both arms, e.g. IPS/Usual services."),
]
Higher = Annotated[
    str | None,
    typer.Option(
        help="Of the forest plot: whether higher is better or worse, to say who is favoured."
    ),
]
FigureLanguage = Annotated[
    str | None, typer.Option("--lang", help="Of --figure: its language: da (default), nb or en.")
]
Engine = Annotated[
    str,
    typer.Option(help="metafor shows R's metafor beside the result, where it is installed."),
]
