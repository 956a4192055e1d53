"""Worked examples of a procedure, and those that nobody need write: how they are read, placed, run and explained."""
