"""The answer to advance data that a carrier may read."""
