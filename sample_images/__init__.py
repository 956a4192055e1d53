"""Synthetic scans with expected results, shipped so that a newcomer has something to screen."""
