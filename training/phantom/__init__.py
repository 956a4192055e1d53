"""Synthetic X-ray scans from physics."""
