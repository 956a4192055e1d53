"""What is known of a parcel, as numbers: no I/O, no machine-learning library."""
