# Fits with metafor what Evidens has fitted, and writes the numbers down with all their digits.
# Everything comes from two files of the folder named on the command line; no text of the user's is evaluated.
folder <- commandArgs(TRUE)[1]
if (!requireNamespace("metafor", quietly = TRUE)) quit(status = 3)
suppressMessages(library(metafor))
text <- read.csv(file.path(folder, "options.csv"), colClasses = "character", encoding = "UTF-8")
option <- setNames(as.list(text$value), text$name)
data <- read.csv(file.path(folder, "data.csv"), colClasses = "numeric")
pick <- function(prefix) {
  names <- grep(paste0("^", prefix), names(data), value = TRUE)
  columns <- data[names]
  names(columns) <- sub(prefix, "", names)
  columns
}
raw <- pick("raw_")
mods <- pick("mod_")
tight <- list(threshold = 1e-12, tol = 1e-12, maxiter = 10000)
test <- option$test
level <- as.numeric(option$level)
out <- list(version = as.character(packageVersion("metafor")))
put <- function(name, value) {
  if (length(value) == 1 && !is.null(value) && is.numeric(value) && is.finite(value)) out[[name]] <<- value
}
zero <- list(add = as.numeric(option$add), to = option$to, drop00 = option$drop00 == "TRUE")

pooled <- function(fit, prefix = "") {
  put(paste0(prefix, "k"), fit$k)
  put(paste0(prefix, "estimate"), c(fit$beta)[1])
  put(paste0(prefix, "se"), fit$se[1])
  put(paste0(prefix, "statistic"), fit$zval[1])
  put(paste0(prefix, "pvalue"), fit$pval[1])
  put(paste0(prefix, "ci_low"), fit$ci.lb[1])
  put(paste0(prefix, "ci_high"), fit$ci.ub[1])
}
rest <- function(fit, prefix = "") {
  for (pair in list(c("tau2", "tau2"), c("i2", "I2"), c("h2", "H2"), c("q", "QE"), c("q_pvalue", "QEp")))
    put(paste0(prefix, pair[1]), fit[[pair[2]]])
}

if (option$method %in% c("MH", "PETO")) {
  arguments <- c(raw, list(level = level, add = c(if (is.na(zero$add)) 0.5 else zero$add, 0),
                           to = c(zero$to, "none"), drop00 = c(TRUE, zero$drop00)))
  fit <- if (option$method == "MH") {
    do.call(rma.mh, c(arguments, list(measure = option$measure)))
  } else {
    do.call(rma.peto, arguments)
  }
  pooled(fit)
  rest(fit)
} else {
  if (option$measure == "GEN") {
    yi <- raw$yi
    vi <- if (is.null(raw$vi)) raw$sei^2 else raw$vi
  } else {
    arguments <- c(raw, list(measure = option$measure, to = zero$to, drop00 = zero$drop00, vtype = option$vtype))
    if (!is.na(zero$add)) arguments$add <- zero$add
    es <- suppressWarnings(do.call(escalc, arguments))
    yi <- c(es$yi)
    vi <- es$vi
  }
  used <- data$used == 1
  yi <- yi[used]
  vi <- vi[used]
  arguments <- list(method = option$method, test = test, level = level, control = tight)
  if (option$tau2 != "") arguments$tau2 <- as.numeric(option$tau2)
  if (option$weighting == "equal") arguments$weighted <- FALSE
  given <- function(rows) if (option$weighting == "user") list(weights = data$weight[used][rows]) else list()
  interval <- function(fit, prefix = "") {
    if (option$method != "EE" && option$tau2 == "" && fit$k > 1) {
      found <- try(confint(fit, control = list(tol = 1e-12, maxiter = 10000, tau2.max = 1e10)), silent = TRUE)
      if (!inherits(found, "try-error")) {
        put(paste0(prefix, "tau2_ci_low"), found$random[1, 2])
        put(paste0(prefix, "tau2_ci_high"), found$random[1, 3])
      }
    }
  }
  alone <- function(rows, prefix = "") {
    fit <- do.call(rma.uni, c(arguments, given(rows), list(yi = yi[rows], vi = vi[rows])))
    pooled(fit, prefix)
    rest(fit, prefix)
    if (option$method != "EE" && fit$k > 1 && option$prediction == "default") {
      prediction <- predict(fit)
      put(paste0(prefix, "pi_low"), prediction$pi.lb)
      put(paste0(prefix, "pi_high"), prediction$pi.ub)
    }
    fit
  }
  if (length(mods) == 0 || option$groups == "common") {
    fit <- alone(seq_along(yi))
    interval(fit)
  }
  if (option$groups == "separate") {
    group <- data$group[used]
    fits <- lapply(sort(unique(group)), function(g) alone(group == g, paste0("subgroup ", g, " ")))
    estimates <- sapply(fits, function(fit) c(fit$beta))
    se <- sapply(fits, function(fit) fit$se)
    between <- rma.uni(estimates, sei = se, method = "EE")
    put("between statistic", between$QE)
    put("between pvalue", between$QEp)
  }
  if (length(mods) > 0) {
    fit <- do.call(rma.uni, c(arguments, given(seq_along(yi)),
                              list(yi = yi, vi = vi, intercept = FALSE,
                                   mods = as.matrix(mods)[used, , drop = FALSE])))
    for (i in seq_along(fit$beta))
      for (pair in list(c("estimate", "beta"), c("se", "se"), c("statistic", "zval"), c("pvalue", "pval"),
                        c("ci_low", "ci.lb"), c("ci_high", "ci.ub")))
        if (option$groups == "none") put(paste0("coefficient ", i, " ", pair[1]), c(fit[[pair[2]]])[i])
    prefix <- if (option$groups == "common") "within " else ""
    put(if (prefix == "") "omnibus statistic" else "between statistic", fit$QM)
    put(if (prefix == "") "omnibus pvalue" else "between pvalue", fit$QMp)
    put(paste0(prefix, "r2"), fit$R2)
    rest(fit, prefix)
    interval(fit, prefix)
    if (prefix == "") put("k", fit$k)
  }
}
values <- sapply(out, function(value) if (is.character(value)) value else sprintf("%.17g", value))
write.csv(data.frame(name = names(out), value = values), file.path(folder, "result.csv"), row.names = FALSE)
