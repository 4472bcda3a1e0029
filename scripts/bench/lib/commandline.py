"""What the benchmarks share as commands: options, words on standard error, tables and result files."""

import argparse
import json
import os
import pathlib
import signal
import sys

from workers import WorkerError

COMMAND = pathlib.Path(sys.argv[0]).stem
BATCHES = sorted([2**power for power in range(11)] + [7, 9, 33, 65, 100])


class Parser(argparse.ArgumentParser):
    """The options that every benchmark has."""

    def __init__(self, description, known, noun="engine", batches=BATCHES):
        """`known` are the names of what is compared, each of which is a `noun`."""
        super().__init__(prog=f"scripts/bench/{COMMAND}", description=description)
        self.known, self.noun = known, noun
        self.add_argument("--batch", type=numbers, default=batches, help="batch sizes, with commas between them")
        self.add_argument(f"--{noun}s", type=self.names, default=known, help=f"some of {','.join(known)}")
        self.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="(all processors)")
        self.add_argument("--cycles", type=int, help="samples of each point (as many as fit in --seconds)")
        self.add_argument("--seconds", type=float, help="ends after the cycle in which so much time is over (300)")
        self.add_argument("--seed", type=int, default=1, help="of the order of the samples (%(default)s)")
        self.add_argument("--json", type=pathlib.Path, help="file for the environment and all samples")
        self.add_argument("--worker", required=True, help=argparse.SUPPRESS)

    def read(self):
        """The options, checked."""
        options = self.parse_args()
        if options.threads < 1 or options.threads > len(os.sched_getaffinity(0)):
            self.error(f"--threads must be 1 to {len(os.sched_getaffinity(0))}, the processors there are")
        if options.cycles is not None and options.cycles < 1:
            self.error("--cycles must be at least 1")
        if options.seconds is None:
            options.seconds = float("inf") if options.cycles else 300.0
        return options

    def names(self, text):
        chosen = text.split(",")
        unknown = [name for name in chosen if name not in self.known]
        if unknown:
            raise argparse.ArgumentTypeError(
                f"no {self.noun} {', '.join(unknown)}; there are {', '.join(self.known)}"
            )
        return [name for name in self.known if name in chosen]

    def error(self, message):
        """Ends with the exit code for wrong usage."""
        self.exit(64, f"{COMMAND}: {message}; see scripts/bench/{COMMAND} --help\n")


def add_before(parser):
    """The option of a benchmark that can time another checkout of this package in the same run."""
    parser.add_argument("--before", metavar="FOLDER", help="time the checkout in this folder, too, as engine `before`")
    parser.add_argument("--before-worker", help=argparse.SUPPRESS)


def run_command(options, start_workers, run):
    """Fills a dictionary of workers by `start_workers(options, workers)`, has `run` use it, and ends them all; exits
    where `run` says that it was interrupted, or on an error."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    workers = {}
    try:
        start_workers(options, workers)
        if not run(options, workers):
            sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except WorkerError as error:
        sys.exit(f"{COMMAND}: {error}")
    finally:
        for worker in workers.values():
            worker.close()


def numbers(text):
    words = text.split(",")
    if not all(word.isdecimal() and int(word) > 0 for word in words):
        raise argparse.ArgumentTypeError(f"{text} is not a list of batch sizes such as 1,32,1024")
    return sorted({int(word) for word in words})


def widths(text):
    words = text.split("-")
    if len(words) < 2 or not all(word.isdecimal() and int(word) > 0 for word in words):
        raise argparse.ArgumentTypeError(f"{text} is not a list of widths such as 784-512-512-10")
    return [int(word) for word in words]


def say(*words):
    print(f"{COMMAND}:", *words, file=sys.stderr, flush=True)


def progress(text):
    """One line that overwrites itself, on a terminal alone."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def print_table(lines):
    """Rows of texts, the headings first, in columns that end together."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths)).rstrip())


def microseconds(seconds):
    return f"{seconds * 1e6:.1f}" if seconds < 1e-4 else f"{seconds * 1e6:.0f}"


def median_cell(cell):
    """The median in microseconds, marked where most of its samples were disturbed."""
    return ("~" if 2 * cell["disturbed"] > cell["kept"] else "") + microseconds(cell["median"])


def speed_up_cell(cell):
    """How much slower than ours an engine is."""
    if "speed_up" not in cell:
        return "-"
    interval = cell["interval"]
    if interval is None:
        return f"{cell['speed_up']:.2f} ({cell['kept']})"
    return f"{cell['speed_up']:.2f} [{interval[0]:.2f}, {interval[1]:.2f}] {cell['verdict']}"


def write_json(path, result):
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(json.dumps(result, indent=1) + "\n")
    temporary.replace(path)
