"""Dependence: several estimates from one study.

Multilevel and multivariate models, covariances of sampling errors and what is assumed of them, variances that
hold whatever the dependence (cluster-robust), the wild bootstrap of clusters, and aggregation within studies.
"""
