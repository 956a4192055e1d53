"""Offline work: data, fitting, evaluation, reports, synthetic parcels and scans."""
