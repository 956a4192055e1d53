"""The service under load beside its peers: one command, real servers on loopback, ratios from alternating runs."""
