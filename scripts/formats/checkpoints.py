"""Checkpoints, read by Hugging Face's package: names, shapes, the JSON in the header, and what the weights compute.

NAME.safetensors is a run of an MLP of two dense layers with dropout between them, by AdamW, with averaged and best
weights. NumPy computes the network, x W + b with W [in, out], from NAME.inputs.npy; the result must be, to 1e-5,
NAME.outputs.npy with the weights as they were trained, and NAME.average.outputs.npy with the averaged ones.
"""

import json

import numpy as np
import safetensors

from samples import folders, report, require

TOLERANCE = 1e-5

written, _ = folders()
paths = sorted((written / "checkpoints").glob("*.safetensors"))
require(paths, "there are no checkpoints")
shapes = {"layers.0.weight": [2, 9], "layers.0.bias": [9], "layers.2.weight": [9, 2], "layers.2.bias": [2]}
prefixes = ["", "optimizer.exp_avg.", "optimizer.exp_avg_sq.", "average.", "best."]
largest = tensors = 0
for path in paths:
    with safetensors.safe_open(path, framework="numpy") as file:
        found = {name: list(file.get_slice(name).get_shape()) for name in file.keys()}
        expected = {prefix + name: shape for prefix in prefixes for name, shape in shapes.items()}
        require(found == expected, f"{path.name}: it has {found}, not {expected}")
        types = {file.get_slice(name).get_dtype() for name in file.keys()}
        precision, short = {"f32": ("float", "F32"), "f64": ("double", "F64")}[path.stem]
        require(types == {short}, f"{path.name}: its numbers are {types}")
        metadata = file.metadata()
        weights = {name: file.get_tensor(name) for name in file.keys()}
    tensors += len(found)

    record = json.loads(metadata["batchwise.checkpoint"])
    told = {key: record.get(key) for key in ("format", "layers", "inputShape", "loss")}
    told["precision"] = record["context"]["precision"]
    require(
        told
        == {
            "format": 2,
            "layers": "dense 9 relu; dropout 0.2; dense 2",
            "inputShape": [2],
            "loss": "softmax-cross-entropy",
            "precision": precision,
        },
        f"{path.name}: the header says {told}",
    )
    require(record["optimizer"].startswith("AdamW, rate 0.01"), f"{path.name}: the optimizer is {record['optimizer']}")
    plan, progress = record["plan"], record["progress"]
    require((plan["batchSize"], plan["seed"]) == (32, 7), f"{path.name}: the plan is {plan}")
    require(progress["update"] > 0 and progress["averaged"] > 0, f"{path.name}: the run stands at {progress}")
    run = json.loads(metadata["run"])
    require((run["data"], run["outputs"]) == ("dots", 2), f"{path.name}: it says of the run {run}")

    inputs = np.load(path.with_suffix(".inputs.npy"))
    for prefix, name in (("", "outputs"), ("average.", "average.outputs")):
        weight = lambda tensor: weights[prefix + tensor].astype(np.float64)
        hidden = np.maximum(inputs @ weight("layers.0.weight") + weight("layers.0.bias"), 0)
        outputs = hidden @ weight("layers.2.weight") + weight("layers.2.bias")
        expected = np.load(path.with_suffix(f".{name}.npy"))
        require(outputs.shape == expected.shape, f"{path.name}: {name} has the shape {expected.shape}")
        error = abs(outputs - expected).max()
        require(error <= TOLERANCE, f"{path.name}: {name} differ by {error:.2g} from what the package computes")
        largest = max(largest, error)
report(
    "checkpoints",
    "safetensors",
    safetensors.__version__,
    f"{tensors} tensors of {len(paths)} files, the header's JSON, outputs computed by NumPy",
    largest,
)
