"""What `sop check` says about a valid procedure, beyond its grammar: named checks, and the search behind them."""
