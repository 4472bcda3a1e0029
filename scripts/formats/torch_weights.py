"""Weights that go to PyTorch and come from it.

Into the network that the header of NAME.safetensors names, PyTorch loads the weights; from NAME.inputs.npy it must
compute, to 1e-5, what the package itself has computed: NAME.outputs.npy. In the folder torch of the files to read,
TYPE.safetensors are weights of each type, and from TYPE.inputs.npy the package must compute TYPE.outputs.npy.
"""

import numpy as np
import safetensors
import safetensors.torch
import torch

from samples import folders, report, require

TOLERANCE = 1e-5

written, to_read = folders()
paths = sorted((written / "exchange").glob("*.safetensors"))
require(paths, "there are no weights")
largest = 0
for path in paths:
    with safetensors.safe_open(path, "pt") as file:
        network = eval(file.metadata()["batchwise.pytorch"], {"torch": torch}).eval()
    weights = safetensors.torch.load_file(path)
    kind = weights["0.weight"].dtype
    network.to(kind).load_state_dict(weights, strict=True)
    inputs = torch.from_numpy(np.load(path.with_suffix(".inputs.npy"))).to(kind)
    expected = np.load(path.with_suffix(".outputs.npy"))
    outputs = network(inputs).detach().numpy()
    require(outputs.shape == expected.shape, f"{path.name}: the outputs have the shape {outputs.shape}")
    error = abs(outputs - expected).max()
    require(error <= TOLERANCE, f"{path.name}: the outputs differ by {error:.2g} from what the package computes")
    largest = max(largest, error)
version = torch.__version__.split("+")[0]
report("weights", "torch", version, f"{len(paths)} files of weights, outputs computed there", largest)

# The network that the package's samples read these into.
folder = to_read / "torch"
folder.mkdir()
torch.manual_seed(4)
for name in "float64", "float32", "float16", "bfloat16":
    network = torch.nn.Sequential(torch.nn.Linear(6, 70), torch.nn.GELU(), torch.nn.Linear(70, 3))
    network = network.to(getattr(torch, name))
    safetensors.torch.save_file(network.state_dict(), folder / f"{name}.safetensors")
    inputs = torch.randn(5, 6)
    np.save(folder / f"{name}.inputs.npy", inputs.numpy())
    np.save(folder / f"{name}.outputs.npy", network.double()(inputs.double()).detach().float().numpy())
