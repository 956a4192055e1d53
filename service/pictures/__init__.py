"""Where pictures are read: in a process of their own, so that nothing else waits for them or dies with them."""
