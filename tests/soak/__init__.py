"""What must not be lost: the real service killed, cut off, filled up and overloaded (`make soak`, docs/soak.md)."""
