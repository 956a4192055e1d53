"""Training of the X-ray detector (needs the extra xray-training)."""
