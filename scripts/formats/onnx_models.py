"""ONNX models, checked by onnx and run by onnxruntime.

From the inputs in NAME.inputs.npy the model NAME.onnx must compute, to 1e-5, what the package itself has computed:
NAME.predictions.npy. One example at a time must give the same as all at once.
"""

import numpy as np
import onnx
import onnxruntime

from samples import folders, report, require

TOLERANCE = 1e-5
TYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64}

written, _ = folders()
paths = sorted((written / "exchange").glob("*.onnx"))
require(paths, "there are no models")
largest = 0
for path in paths:
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    [given] = session.get_inputs()
    inputs = np.load(path.with_suffix(".inputs.npy")).astype(TYPES[given.type]).reshape(-1, *given.shape[1:])
    expected = np.load(path.with_suffix(".predictions.npy"))
    # The probabilities, where the model has them, come last.
    name = session.get_outputs()[-1].name
    [found] = session.run([name], {given.name: inputs})
    singles = np.concatenate([session.run([name], {given.name: row[None]})[0] for row in inputs])
    require(found.shape == expected.shape == singles.shape, f"{path.name}: {name} has the shape {found.shape}")
    error = max(abs(found - expected).max(), abs(singles - expected).max())
    require(error <= TOLERANCE, f"{path.name}: {name} differs by {error:.2g} from what the package computes")
    largest = max(largest, error)
report("ONNX", "onnx", onnx.__version__, f"{len(paths)} models, by its checker", "-")
report("ONNX", "onnxruntime", onnxruntime.__version__, f"{len(paths)} models, outputs computed there", largest)
