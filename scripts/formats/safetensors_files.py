"""Safetensors files, read and written by Hugging Face's package."""

import json

import numpy as np
import safetensors
import safetensors.numpy

from samples import METADATA, TYPES, folders, report, require, require_sample, sample, shape_of, type_of

written, to_read = folders()

# As bytes with their type's name: NumPy has no bfloat16.
NAMES = {"float": "F", "int": "I", "uint": "U"}
path = written / "tensors.safetensors"
tensors = safetensors.deserialize(path.read_bytes())
require(len(tensors) == len(TYPES) + 1 + 4, f"{path.name} has {len(tensors)} tensors")
for name, tensor in tensors:
    expected = sample(name)
    type_name = type_of(name)
    bits = "".join(filter(str.isdigit, type_name))
    short = {"bool": "BOOL", "bfloat16": "BF16"}.get(type_name) or NAMES[type_name.rstrip("0123456789")] + bits
    require(
        (tensor["dtype"], tuple(tensor["shape"]), bytes(tensor["data"])) == (short, shape_of(name), expected.tobytes()),
        f"{path.name}: '{name}' is {tensor['dtype']} {tensor['shape']}",
    )

# Through NumPy too, and through the mapped file, which wants every tensor at a multiple of its elements.
with safetensors.safe_open(path, framework="numpy") as file:
    metadata = file.metadata()
    digits = metadata.pop("batchwise.crc32")
    require(len(digits) == 8 and metadata == METADATA, f"the metadata are {metadata}")
    for name in file.keys():
        if type_of(name) != "bfloat16":
            require_sample(file.get_tensor(name), name, path.name)
content = path.read_bytes()
header_length = int.from_bytes(content[:8], "little")
require(header_length % 8 == 0, f"the header has {header_length} bytes")
for name, entry in json.loads(content[8 : 8 + header_length]).items():
    if name != "__metadata__":
        require(entry["data_offsets"][0] % sample(name).itemsize == 0, f"'{name}' begins between two elements")

names = [f"{type_name}_2x3" for type_name in TYPES] + ["bfloat16_2x3"]
names += ["float32_scalar", "float64_0x3", "int64_2x3x4", 'uint8_5_"\u00e9\\\n\U0001f600"']
samples = {name: np.ascontiguousarray(sample(name)) for name in names}
# Pointers into `samples`, which lives until the end.
specs = {
    name: safetensors.TensorSpec(
        dtype=type_of(name), shape=list(shape_of(name)), data_ptr=array.ctypes.data, data_len=array.nbytes
    )
    for name, array in samples.items()
}
safetensors.serialize_file(specs, to_read / "tensors.safetensors", METADATA)
safetensors.numpy.save_file(
    {name: sample(name) for name in names if type_of(name) != "bfloat16"}
    | {"float32_3": sample("float32_3")},
    to_read / "numpy.safetensors",
    METADATA,
)
report("safetensors", "safetensors", safetensors.__version__, f"{len(tensors)} tensors, bit by bit", 0)
