"""Where pictures are read: in a process of their own, so that nothing else waits for them or dies with them.

`reading` says what the service asks, and answers it without a process for commands; `readers` are the processes of one
worker, `reader` one of them as its worker sees it; `process` is what runs in it, `jobs` what it is sent, `result` what
it answers.
"""
