"""Remarks of substance on a generalised linear mixed model: data, so that they reach the brief."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from meta.glmm.fitting import Fit
from meta.glmm.maximum import integrate
from meta.glmm.options import MOST_NODES, GlmmOptions
from meta.glmm.tables import Tables
from meta.models.remarks import FEW_STUDIES
from meta.models.results import Note

RARE_PERCENT = 10  # events of 100 people, above which an odds ratio is no risk ratio
NOTICEABLE = 0.01  # of a log-likelihood
AT_ITS_END = 0.999999  # a correlation


def remarks(options: GlmmOptions, tables: Tables, fit: Fit, *, finite: bool) -> Iterator[Note]:
    """Yield what a reader should know about a result.

    Parameters
    ----------
    options : GlmmOptions
    tables : Tables
    fit : Fit
    finite : bool
        Whether every table has a finite estimate of its own.

    Returns
    -------
    iterator of Note

    References
    ----------
    Jackson, Law, Stijnen, Viechtbauer and White (2018). doi:10.1002/sim.7588
    """
    k, random = tables.k, options.estimator == "ML"
    if k == 1:
        yield Note(
            code="no-heterogeneity", text="Heterogeneity and prediction need at least two studies."
        )
    elif k <= FEW_STUDIES:
        yield Note(
            code="few-studies",
            text=f"k = {k} studies: tau2 is hardly estimable and intervals depend on the method.",
        )
    if k > 1 and not random:
        yield Note(
            code="common-effect",
            text="A common effect is assumed: tau2 is 0 by assumption, without interval or prediction.",
        )
    if random and fit.tau2 == 0:
        yield Note(
            code="tau2-zero",
            text="tau2 is estimated as 0, its lowest possible value; that does not show that the "
            "studies agree.",
        )
    if fit.others:
        yield Note(
            code="likelihood-maxima",
            text=f"The likelihood has more than one maximum: tau2 = {fit.tau2:.6g} is the highest, others "
            f"lie at {', '.join(f'{value:.6g}' for value in fit.others)}.",
        )
    if options.model == "UM.RS" and fit.sigma2 == 0:
        yield Note(
            code="sigma2-zero",
            text="The variance of the studies' constants is estimated as 0, its lowest possible value.",
        )
    if options.correlated and fit.model.effects != "two-correlated":
        yield Note(
            code="correlation-left-out",
            text="One of the two random effects has no variance, so there is no correlation between them.",
        )
    elif fit.rho is not None and abs(fit.rho) > AT_ITS_END:
        yield Note(
            code="correlation-at-end",
            text=f"The correlation of random effects is estimated as {fit.rho:.0f}, the end of its range.",
        )
    yield from _approximations(options, tables, fit)
    if not finite:
        yield Note(
            code="no-wald-test",
            text="A table has no finite estimate of its own, so there is no Wald test of heterogeneity; the "
            "likelihood ratio has no such need.",
        )
    repeated = [label for label, times in Counter(tables.labels).items() if times > 1]
    if repeated:
        yield Note(
            code="repeated-labels",
            text="More than one table, treated as independent, from: " + ", ".join(repeated) + ".",
        )


def _approximations(options: GlmmOptions, tables: Tables, fit: Fit) -> Iterator[Note]:
    """Say where an approximation of the likelihood may be too coarse."""
    if options.model == "UM.RS" and options.estimator == "ML":
        yield Note(
            code="laplace",
            text="The integral over two random effects is Laplace's approximation, which is good where "
            "studies have more than a few events.",
        )
    if options.model == "CM.AL":
        cells = tables.cells
        events = float(cells["ai"].sum() + cells["ci"].sum())
        percent = 100 * events / (events + float(cells["bi"].sum() + cells["di"].sum()))
        if percent > RARE_PERCENT:
            yield Note(
                code="not-rare",
                text=f"{percent:.0f} % of the people had an event: CM.AL takes the odds ratio for a risk "
                "ratio, which holds for rare events alone. Use CM.EL.",
            )
    if fit.model.effects == "one":
        finer = replace(fit.model, nodes=min(MOST_NODES, 4 * options.nodes + 1))
        exact = integrate(finer, fit.maximum.place).log_likelihood.value
        off = float(np.abs(exact.sum() - fit.maximum.log_likelihood))
        if off > NOTICEABLE:
            yield Note(
                code="few-nodes",
                text=f"With {options.nodes} nodes the log-likelihood is {off:.2g} off its value with "
                f"{finer.nodes}; use more nodes.",
            )
