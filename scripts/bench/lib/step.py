"""Times the whole training step of an MLP: this engine against peers. Started by scripts/bench/step, which see."""

import argparse
import pathlib

from commandline import (
    Parser, add_before, median_cell, microseconds, print_table, run_command, say, speed_up_cell, widths, write_json,
)  # fmt: skip
from floor import StepFloor
from optimizers import OPTIMIZERS
from sampling import Peaks, Point, quiet, take_samples
from summary import LEGEND, counts, summary_cell
from workers import Unsupported, Worker, WorkerError

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = ["batchwise", "openblas", "torch", "jax"]


def main():
    run_command(read_options(), start_workers, run)


def read_options():
    parser = Parser(
        "Times the whole training step of an MLP: this engine against plain OpenBLAS calls, PyTorch and JAX.",
        ENGINES,
    )
    parser.add_argument("--model", default="784-512-512-10", help="widths from input to output (%(default)s)")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, default="sgd", help="peers have sgd and adam (%(default)s)")
    parser.add_argument("--precision", choices=["float", "double"], default="float", help="(%(default)s)")
    parser.add_argument("--peer-python", help=argparse.SUPPRESS)
    add_before(parser)
    options = parser.read()
    if options.before_worker:
        options.engines.append("before")
    try:
        options.widths = widths(options.model)
    except argparse.ArgumentTypeError as problem:
        parser.error(f"argument --model: {problem}")
    return options


def start_workers(options, workers):
    """A worker for each engine that can be had, and one for the ceilings, prepared; an engine left out gets a word."""
    threads = str(options.threads)
    commands = {
        "batchwise": ([options.worker, threads], {"BATCHWISE_GEMM": ""}),
        "openblas": ([options.worker, threads], {"BATCHWISE_GEMM": "openblas"}),
        "before": ([options.before_worker, threads], {"BATCHWISE_GEMM": ""}),
        "torch": ([options.peer_python, str(HERE / "torch_worker.py"), threads], None),
        "jax": ([options.peer_python, str(HERE / "jax_worker.py"), threads], None),
    }
    workers["ceilings"] = Worker("ceilings", [options.worker, threads], processors=options.threads)
    for name in options.engines:
        command, environment = commands[name]
        if command[0] is None:
            say(f"{name} is left out: its Python environment could not be made, see above")
            continue
        worker = Worker(name, command, environment, processors=options.threads)
        try:
            worker.about = worker.ask("hello")
            prepared = worker.ask("prepare", options.model, options.optimizer, max(options.batch), options.precision)
            worker.about["optimizer"] = prepared["optimizer"]
        except Unsupported as reason:
            say(f"{name} is left out: {reason}")
            worker.close()
            continue
        except WorkerError as error:
            # A broken peer does not stop the others; a broken engine of ours does.
            if name in ("batchwise", "openblas", "before"):
                raise
            say(f"{name} is left out: {error}")
            worker.close()
            continue
        say(f"{name}: {worker.about['version']}, {worker.about['optimizer']}")
        workers[name] = worker
    if len(workers) == 1:
        raise WorkerError("no engine is left to time")


class Ceilings(Peaks):
    """The FMA peak, and the bandwidths."""

    def __init__(self, worker, options, floor):
        super().__init__(worker, options.precision)
        self.working_set = floor.working_set
        self.read_rates, self.update_rates = [], []

    def bandwidth(self):
        self.read_rates.append(self.worker.ask("bandwidth", self.working_set, "read")["rate"])
        self.update_rates.append(self.worker.ask("bandwidth", self.working_set, "update")["rate"])

    def quiet_read_rate(self):
        return quiet(self.read_rates)

    def quiet_update_rate(self):
        return quiet(self.update_rates)


def run(options, workers):
    """Measures and reports; False when that was interrupted, and the report is of what there was."""
    floor = StepFloor(options.widths, options.optimizer, 4 if options.precision == "float" else 8)
    environment = workers["ceilings"].ask("hello")
    ceilings = Ceilings(workers["ceilings"], options, floor)
    engines = [name for name in workers if name != "ceilings"]
    points = [Point(name, batch, ("step", batch)) for name in engines for batch in options.batch]
    cycles, finished = take_samples(points, workers, ceilings, options, ceilings.bandwidth)
    points.sort(key=lambda point: (point.batch, engines.index(point.engine)))
    about = {name: workers[name].about for name in engines}
    rows = summarise(options, points, engines, floor, ceilings)
    print_report(options, environment, about, ceilings, cycles, rows)
    if options.json:
        write_json(options.json, everything(options, environment, about, ceilings, points, rows))
    return finished


def summarise(options, points, engines, floor, ceilings):
    """A row a batch: the floor, and for each engine its median, its ratio to the floor and our speed-up over it."""
    peak, read_rate, update_rate = ceilings.quiet_peak(), ceilings.quiet_read_rate(), ceilings.quiet_update_rate()
    table = {(point.engine, point.batch): point for point in points}
    rows = []
    for batch in options.batch:
        least = floor.seconds(batch, peak, read_rate, update_rate)
        row = {"batch": batch, "floor": least, "engines": {}}
        rows.append(row)
        for engine in engines:
            cell = summary_cell(table[engine, batch], table.get(("batchwise", batch)))
            row["engines"][engine] = cell
            if cell["kept"]:
                cell["of_floor"] = least / cell["median"]
                cell["flops"] = floor.operations_per_example * batch / cell["median"]
    return rows


def print_report(options, environment, about, ceilings, cycles, rows):
    kind = {"sgd": "SGD with momentum", "adam": "Adam"}.get(options.optimizer, options.optimizer)
    print(f"Training step of {options.model}, {kind}, {options.precision}, {options.threads} threads")
    print(f"{environment['processor']} ({environment['instructions']}), load {environment['load']:.1f} at the start")
    print(f"OpenBLAS: {environment['blas']}")
    for name, facts in about.items():
        print(f"{name}: {facts['version']}, {facts['optimizer']}")
    print(
        f"FMA peak {ceilings.quiet_peak() / 1e9:.0f} GFLOP/s; the weights and their state are read at "
        f"{ceilings.quiet_read_rate() / 1e9:.0f} GB/s and updated at {ceilings.quiet_update_rate() / 1e9:.0f} GB/s"
    )
    print(f"{cycles} cycles")
    for name in about:
        print(counts(name, [row["engines"][name] for row in rows]))
    print(f"\nus: median microseconds a step. floor/t: the floor over it.\n{LEGEND}\n")
    headings = ["batch", "floor us"]
    for name in about:
        headings += [f"{name} us", "floor/t" if name == "batchwise" else "x"]
    lines = [headings]
    for row in rows:
        line = [str(row["batch"]), microseconds(row["floor"])]
        for name in about:
            line += cells(name, row["engines"][name])
        lines.append(line)
    print_table(lines)


def cells(name, cell):
    if not cell["kept"]:
        return ["-", "-"]
    if name == "batchwise":
        few = f" ({cell['kept']})" if cell["kept"] < 5 else ""
        return [median_cell(cell), f"{cell['of_floor']:.2f}{few}"]
    return [median_cell(cell), speed_up_cell(cell)]


def everything(options, environment, about, ceilings, points, rows):
    return {
        "model": options.model, "optimizer": options.optimizer, "precision": options.precision,
        "threads": options.threads, "seed": options.seed, "environment": environment, "engines": about,
        "ceilings": {
            "flops": ceilings.quiet_peak(), "read_rate": ceilings.quiet_read_rate(),
            "update_rate": ceilings.quiet_update_rate(), "peaks": ceilings.peaks,
            "read_rates": ceilings.read_rates, "update_rates": ceilings.update_rates,
        },
        "summary": rows,
        "points": [
            {"engine": point.engine, "batch": point.batch, "waits": point.waits, "samples": point.samples}
            for point in points
        ],
    }  # fmt: skip


if __name__ == "__main__":
    main()
