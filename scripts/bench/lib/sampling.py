"""Times points in turn on a machine that others use, too: a probe of the peak on both sides of each sample, another try
where it sagged, all points once a cycle and in random order."""

import dataclasses
import random
import statistics
import sys
import time

from commandline import progress, say
from workers import WorkerError

# Seconds of timed calls in one sample, and of untimed ones before it. Short: a long sample seldom stays undisturbed.
SAMPLE, WARM_UP = 5e-3, 4e-3
# A sample beside a peak below this fraction of the run's quiet peak is thrown away.
SAGGING = 0.92
# How often a sample is tried within a cycle before the cycle takes the least disturbed of them, and the pause after a
# peak that sags, which doubles with every try: a disturbance lasts.
TRIES, PAUSE = 4, 0.01
# Engines that run more threads than there are processors, so that these switch one another out. A sample of theirs may
# have as many switches as half of their samples have; one of another engine, none.
OVERSUBSCRIBED = ["jax"]


@dataclasses.dataclass
class Point:
    """What is timed: an engine, and the request that makes its worker do it."""

    engine: str
    batch: int
    request: tuple  # Followed by the numbers of untimed and of timed calls.
    call: float = 0.0  # About how many seconds a call takes.
    waits: int = 0  # Pauses because the peak sagged before a sample.
    samples: list = dataclasses.field(default_factory=list)
    kept: dict = dataclasses.field(default_factory=dict)  # Cycle: seconds.
    disturbed: int = 0  # Cycles without a quiet sample, of which the least disturbed is kept.

    def is_good(self, sample, quiet_peak):
        """Whether the peak held on both sides and nobody took a processor away meanwhile."""
        return sample["peak"] >= SAGGING * quiet_peak and sample["switches"] <= self.allowed_switches(quiet_peak)

    def allowed_switches(self, quiet_peak):
        if self.engine not in OVERSUBSCRIBED:
            return 0
        usual = [sample["switches"] for sample in self.samples if sample["peak"] >= SAGGING * quiet_peak]
        return statistics.median(usual) if len(usual) >= 4 else 0

    def settle(self, quiet_peak):
        """Judges all samples once more: the first ones were taken when nobody knew how high the peak can be."""
        by_cycle = {}
        for sample in self.samples:
            sample["kept"] = False
            by_cycle.setdefault(sample["cycle"], []).append(sample)
        for cycle, samples in by_cycle.items():
            good = [sample for sample in samples if self.is_good(sample, quiet_peak)]
            self.disturbed += not good
            best = good[0] if good else min(samples, key=lambda sample: (sample["switches"], -sample["peak"]))
            best["kept"] = True
            self.kept[cycle] = best["seconds"]


class Peaks:
    """The FMA peak, over and over."""

    def __init__(self, worker, precision):
        self.worker, self.precision, self.peaks = worker, precision, []
        for _ in range(30):
            self.peak()

    def peak(self):
        self.peaks.append(self.worker.ask("peak", self.precision)["flops"])
        return self.peaks[-1]

    def quiet_peak(self):
        return quiet(self.peaks)


def quiet(probes):
    """What a probe gives when nothing disturbs it: what a tenth of the probes exceed."""
    return sorted(probes)[-1 - len(probes) // 10]


def take_samples(points, workers, peaks, options, after_cycle=lambda: None):
    """Samples all points until the cycles or seconds of the options are over; returns the number of whole cycles and
    whether nobody interrupted them. Leaves in each point what is kept."""
    generator = random.Random(options.seed)
    for number, point in enumerate(points):
        progress(f"warming up {number + 1} of {len(points)}: {point.engine} at {point.batch}")
        # Twice: the first compiles, and finds no page where it looks.
        workers[point.engine].ask(*point.request, 1, 1)
        point.call = workers[point.engine].ask(*point.request, 2, 2)["seconds"]
    started = time.monotonic()
    after_cycle()
    cycle, finished = 0, True
    try:
        while cycle < (options.cycles or sys.maxsize) and (cycle == 0 or time.monotonic() - started < options.seconds):
            generator.shuffle(points)
            for number, point in enumerate(points):
                progress(f"cycle {cycle + 1}, {number + 1} of {len(points)}, {time.monotonic() - started:.0f} s")
                take_sample(point, cycle, workers[point.engine], peaks)
            after_cycle()
            cycle += 1
    except KeyboardInterrupt:
        finished = False
    progress("")
    if not finished:
        say(f"interrupted in cycle {cycle + 1}; what there is follows")
    for point in points:
        point.settle(peaks.quiet_peak())
    return cycle, finished


def take_sample(point, cycle, worker, peaks):
    for attempt in range(TRIES):
        last = attempt == TRIES - 1
        warm_up = max(2, round(WARM_UP / point.call))
        calls = max(1, round(SAMPLE / point.call))
        before = peaks.peak()
        if before < SAGGING * peaks.quiet_peak() and not last:
            point.waits += 1
            time.sleep(PAUSE * 2**attempt)
            continue
        answer = worker.ask(*point.request, warm_up, calls)
        after = peaks.peak()
        if answer["value"] is None or answer["value"] != answer["value"]:
            raise WorkerError(f"{point.engine} at batch {point.batch}: the result is not a number; its times mean nothing")
        point.call = answer["seconds"]
        sample = {
            "cycle": cycle, "seconds": answer["seconds"], "calls": calls, "switches": int(answer["switches"]),
            "peak": min(before, after),
        }  # fmt: skip
        point.samples.append(sample)
        if point.is_good(sample, peaks.quiet_peak()):
            return
