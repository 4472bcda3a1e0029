"""Processes that do the work of a benchmark, one at a time: all but the one that is asked are stopped.

A stopped process cannot spin on a core that another needs, as the threads of OpenMP and of thread pools do for a while
after their work.
"""

import ctypes
import json
import os
import signal
import subprocess


class WorkerError(Exception):
    """A worker that does not start, has died, or answers with an error."""


class Unsupported(WorkerError):
    """A worker that does not have what is asked of it."""


def _die_with_parent():
    # A stopped process would outlive a killed parent for ever. 1 is PR_SET_PDEATHSIG.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Worker:
    def __init__(self, name, command, environment=None, processors=None):
        """Starts `command` with changes to the environment, on so many processors."""
        self.name = name

        def before():
            _die_with_parent()
            if processors is not None:
                os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])

        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, **(environment or {})},
                preexec_fn=before,
                # Out of reach of the terminal's Ctrl-C, which is ours to handle.
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerError(f"{name} does not start: {error}") from error
        self._stop()

    def ask(self, *request):
        """The answer to one request; the worker runs only meanwhile."""
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(" ".join(str(word) for word in request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise WorkerError(f"{self.name} has ended (exit code {self.process.wait()})")
        self._stop()
        answer = json.loads(line)
        if "unsupported" in answer:
            raise Unsupported(f"{self.name}: {answer['unsupported']}")
        if "error" in answer:
            raise WorkerError(f"{self.name}: {answer['error']}")
        return answer

    def close(self):
        """Ends the process."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _stop(self):
        self.process.send_signal(signal.SIGSTOP)
        # Until it has really stopped. WNOWAIT leaves an exit status for `wait`.
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
