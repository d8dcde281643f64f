"""The line of the table for the Bayesian analysis: R's `integrate` for the same summaries."""

from collections.abc import Callable

import numpy as np

from benchmarks import metafor
from benchmarks.data import one
from benchmarks.timing import Row, cpu, in_turns
from meta.bayes.analysis import bayes

K = 20
STUDIES = 2  # of the 20, whose time stands for that of all
JOB = """
tol <- 1e-10
terms <- function(tau) {
  w <- 1 / outer(vi, tau^2, "+")
  S <- colSums(w); m <- colSums(w * yi) / S
  rest <- colSums(w * (yi - rep(m, each = length(yi)))^2)
  list(m = m, s2 = 1 / S, ll = 0.5 * (colSums(log(w)) - log(S) - rest))
}
top <- max(terms(seq(0, 3, 0.01))$ll)
raw <- function(tau) exp(terms(tau)$ll - top - tau^2 / (2 * 0.5^2))
over <- function(f, from = 0, to = Inf)
  integrate(f, from, to, rel.tol = tol, abs.tol = tol, subdivisions = 1000)$value
Z <- over(raw)
post <- function(tau) raw(tau) / Z
root <- function(f, lo, hi) uniroot(f, c(lo, hi), tol = 1e-10)$root
shortest <- function(q, level = 0.95) {
  ends <- c(1e-4, 1 - level - 1e-4)
  a <- optimize(function(p) q(p + level) - q(p), ends, tol = 1e-8)$minimum
  c(q(a), q(a + level))
}
tau.mean <- over(function(t) t * post(t))
tau.sd <- sqrt(over(function(t) (t - tau.mean)^2 * post(t)))
q.tau <- function(p) if (p <= 0) 0 else root(function(x) over(post, 0, x) - p, 1e-8, 5)
tau.q <- sapply(c(0.025, 0.5, 0.975), q.tau)
tau.mode <- optimize(function(t) -post(t), c(0, 3), tol = 1e-9)$minimum
tau.short <- shortest(q.tau)
normal <- function(of) {
  mean <- over(function(t) { d <- of(t); post(t) * d$m })
  sd <- sqrt(over(function(t) { d <- of(t); post(t) * (d$s2 + (d$m - mean)^2) }))
  cdf <- function(x) over(function(t) { d <- of(t); post(t) * pnorm(x, d$m, sqrt(d$s2)) })
  dens <- function(x) over(function(t) { d <- of(t); post(t) * dnorm(x, d$m, sqrt(d$s2)) })
  q <- function(p) root(function(x) cdf(x) - p, mean - 12 * sd, mean + 12 * sd)
  list(mean, sd, sapply(c(0.025, 0.5, 0.975), q), cdf(0),
       optimize(function(x) -dens(x), c(mean - 3 * sd, mean + 3 * sd), tol = 1e-9)$minimum,
       shortest(q))
}
mu <- normal(terms)
new <- normal(function(t) { d <- terms(t); list(m = d$m, s2 = d$s2 + t^2) })
pair <- proc.time()
for (i in 1:@STUDIES@) normal(function(t) {
  d <- terms(t); b <- vi[i] / (vi[i] + t^2)
  list(m = (1 - b) * yi[i] + b * d$m, s2 = b * t^2 + b^2 * d$s2)
})
pair <- proc.time() - pair
start <- start - pair * (@K@ - @STUDIES@) / @STUDIES@
bf <- exp(terms(0)$ll - top) / (Z / (0.5 * sqrt(pi / 2)))
"""


def bayes_of_20() -> Row:
    """Posteriors of tau, mu, a new study and 20 studies, with all summaries."""
    effects = one(K)
    job = JOB.replace("@STUDIES@", str(STUDIES)).replace("@K@", str(K))
    return in_turns(
        "Bayesian random effects, k = 20, all summaries",
        {
            "evidens": cpu(lambda: bayes(effects, prior="half-normal:0.5"), 20),
            "metafor": metafor.timed(effects.yi, effects.vi, np.ones(K, dtype=np.int64), job),
        },
        {"metafor": 60},
        "not metafor but R's integrate, uniroot and optimize, with mean, standard deviation, median, mode "
        f"and both intervals of each distribution; the time of {STUDIES} studies stands for that of {K}",
    )


ROWS: tuple[Callable[[], Row], ...] = (bayes_of_20,)
"""The lines in their order."""
