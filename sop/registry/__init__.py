"""Versions of the procedure in the home, and the chained history of who put which in force, when and why."""
