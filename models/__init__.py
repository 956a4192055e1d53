"""What turns numbers into scores."""
