"""Measurements of what Sluice does, on real media."""
