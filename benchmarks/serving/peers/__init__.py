"""The peers' own applications: small, as a careful user of each framework would write them."""
