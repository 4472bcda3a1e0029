"""The worker's side of the protocol, for peers in Python: one request a line, one JSON object a line in answer.

A peer is an object whose methods are the commands; scripts/bench/README.md lists them. What a library prints while it
works goes to standard error, so that it cannot break the protocol.
"""

import json
import os
import resource
import sys
import time

BATCHES = 8


class Unsupported(Exception):
    """The request makes sense, but there is no such thing here."""


def involuntary_switches():
    """How often threads of this process have been switched out against their will."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


def timed(run, finish, warm_up, steps):
    """The answer to `step`: runs `run` so many times untimed, then timed; `finish` waits for results, and gives one."""
    for _ in range(warm_up):
        run()
    finish()
    switches = involuntary_switches()
    start = time.perf_counter()
    for _ in range(steps):
        run()
    loss = finish()
    seconds = time.perf_counter() - start
    return {"seconds": seconds / steps, "switches": involuntary_switches() - switches, "value": float(loss)}


def serve(peer):
    """Answers until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        name, *arguments = line.split()
        if name == "quit":
            return
        try:
            command = None if name.startswith("_") else getattr(peer, name, None)
            if command is None:
                raise Unsupported(f"no command {name}")
            answer = command(*arguments)
        except Unsupported as reason:
            answer = {"unsupported": str(reason)}
        except Exception as error:  # Told to the other side, which decides.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
