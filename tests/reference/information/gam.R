# EVPPI by the GAM of mgcv, as the R packages for the value of information take it by default.
# The draws are Weyl sequences, so that anybody can make them again: Rscript gam.R > gam.json
library(mgcv)
n <- 5000
u <- function(x) (seq_len(n) * sqrt(x)) %% 1
a <- qnorm(u(2)); b <- qnorm(u(3)); c <- qnorm(u(5)); d <- qnorm(u(7))
net <- cbind(0, exp(0.5 * a) * b + 0.3 + c, sin(2 * a) + 0.5 * d)
worth <- function(fitted) mean(apply(fitted, 1, max)) - max(colMeans(fitted))
by <- function(formula) worth(sapply(1:3, function(j) {
  y <<- net[, j]  # where the formulas look for it
  if (j == 1) rep(0, n) else fitted(gam(update(formula, y ~ .)))
}))
values <- c(
  a = by(~ s(a, bs = "cr", k = 20)), b = by(~ s(b, bs = "cr", k = 20)), c = by(~ s(c, bs = "cr", k = 20)),
  "a b" = by(~ te(a, b, k = 8)), "a c" = by(~ te(a, c, k = 8)), "a b c" = by(~ te(a, b, c, k = 5))
)
cat(sprintf('{"made": {"R": "%s", "mgcv": "%s"}, "n": %d, "evpi": %.17g, "evppi": {%s}}\n',
  as.character(getRversion()), as.character(packageVersion("mgcv")), n, worth(net),
  paste(sprintf('"%s": %.17g', names(values), values), collapse = ", ")))
