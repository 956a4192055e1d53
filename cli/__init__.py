"""The command parcel-screening: one thin module per group of commands, imported when called."""
