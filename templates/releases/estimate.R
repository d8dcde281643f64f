# Reproduces the pooled estimates of this release with R's package metafor, and compares.
# Run it in this folder: Rscript estimate.R
# It reads counts.csv and pooled.csv; exit status 1 where a number is another, 3 where metafor is missing.
arguments <- commandArgs(FALSE)
script <- sub("^--file=", "", grep("^--file=", arguments, value = TRUE))
folder <- if (length(script) == 1) dirname(script) else "."
if (!requireNamespace("metafor", quietly = TRUE)) {
  cat("The R package metafor is not installed: install.packages(\"metafor\")\n")
  quit(status = 3)
}
suppressMessages(library(metafor))
table_of <- function(name) {
  file <- file.path(folder, name)
  danish <- grepl(";", readLines(file, n = 1, encoding = "UTF-8"), fixed = TRUE)
  (if (danish) read.csv2 else read.csv)(file, fileEncoding = "UTF-8-BOM")
}
counts <- table_of("counts.csv")
pooled <- table_of("pooled.csv")
tight <- list(threshold = 1e-12, tol = 1e-12, maxiter = 10000)
natural <- function(measure, value) if (measure == "RD") value else exp(value)
near <- function(ours, theirs) {
  if (is.na(ours) || is.null(theirs) || is.na(theirs)) return(is.na(ours))
  abs(ours - theirs) <= 1e-6 * max(abs(theirs), 1e-6)
}
agree <- TRUE
for (i in seq_len(nrow(pooled))) {
  one <- pooled[i, ]
  rows <- counts[counts$outcome == one$outcome & counts$measure == one$measure, ]
  fit <- rma(measure = one$measure, ai = rows$ai, n1i = rows$n1i, ci = rows$ci, n2i = rows$n2i,
             slab = rows$study, method = one$method, test = one$test, level = 100 * one$level,
             control = if (one$method == "EE") list() else tight)
  found <- c(natural(one$measure, c(fit$beta)[1]), natural(one$measure, fit$ci.lb), natural(one$measure, fit$ci.ub),
             fit$tau2)
  released <- c(one$estimate, one$ci_low, one$ci_high, one$tau2)
  same <- all(mapply(near, released, found))
  agree <- agree && same
  cat(sprintf("%s %s: metafor %.10g [%.10g, %.10g], tau2 %.10g; released %.10g [%.10g, %.10g], tau2 %.10g: %s\n",
              one$outcome, one$measure, found[1], found[2], found[3], found[4],
              released[1], released[2], released[3], released[4], if (same) "the same" else "ANOTHER"))
}
if (!agree) quit(status = 1)
