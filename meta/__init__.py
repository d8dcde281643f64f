"""The numbers: effect sizes, pooling, heterogeneity, rounding and horizons.

This room imports no other room, no database and no web. NumPy and SciPy are at its core; quantiles come
from `scipy.special`, because `scipy.stats` alone costs more start-up than a whole analysis.
"""
