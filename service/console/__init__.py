"""The web console for officers."""
