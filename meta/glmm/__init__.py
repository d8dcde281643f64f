"""Generalised linear mixed models for counts: tables are pooled as they are."""
