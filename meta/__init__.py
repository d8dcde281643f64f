"""The numbers: effect sizes, pooling, heterogeneity, rounding and horizons.

This room imports no other room, no database and no web. NumPy is at its core. SciPy's special functions
serve arrays; those that one estimate needs are in `meta.distributions`, because importing SciPy takes longer
than pooling.
"""
