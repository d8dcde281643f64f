"""Moderators: meta-regression, subgroups and permutation tests.

What explains the differences between studies: a formula over study characteristics becomes a design matrix,
a weighted least-squares fit with its own tau2, tests of coefficients, and comparisons between subgroups.
"""
