"""Models: pooled effects, heterogeneity and means of arms."""
