"""Mapping files for public tables."""
