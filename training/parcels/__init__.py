"""Generator of labelled synthetic parcels."""
