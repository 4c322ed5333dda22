"""Proven, reviewable test suggestions for the gaps in a pytest suite."""

__version__ = "0.1.0"
