"""What changed from one procedure to another, in words."""
