"""Choices between a printed number and a pooled one: rounding, horizons, compatible counts."""
