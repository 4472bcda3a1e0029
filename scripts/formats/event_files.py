"""Event files, read by TensorBoard: the scalars listed in events.json (tag, step, time, value) and no others."""

import json
import struct

import tensorboard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from samples import folders, report, require

written, _ = folders()
folder = written / "exchange"
accumulator = EventAccumulator(str(folder / "events"), size_guidance={"scalars": 0})
accumulator.Reload()
tags = accumulator.Tags()["scalars"]
found = sorted((tag, event.step, event.wall_time, event.value) for tag in tags for event in accumulator.Scalars(tag))
single = lambda value: struct.unpack("f", struct.pack("f", value))[0]
expected = sorted(
    (scalar["tag"], scalar["step"], scalar["time"], single(scalar["value"]))
    for scalar in json.loads((folder / "events.json").read_text())
)
require(expected and found == expected, f"TensorBoard reads {found}, not {expected}")
report(
    "event files", "tensorboard", tensorboard.__version__, f"{len(found)} scalars under {len(tags)} tags, bit by bit", 0
)
