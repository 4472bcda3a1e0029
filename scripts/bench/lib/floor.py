"""What a training step of an MLP costs at least: its arithmetic at the FMA peak, or its traffic at the bandwidth."""


# Numbers that an optimizer keeps for each parameter.
STATES = {
    "sgd": 1, "sgd-plain": 0, "adam": 2, "adamw": 2, "rmsprop": 1, "rmsprop-centred": 3, "adagrad": 1, "lars": 1, "lamb": 2,
}  # fmt: skip


class StepFloor:
    def __init__(self, widths, optimizer, element_bytes):
        """The counts for weights [widths[i]][widths[i + 1]]; biases and activations are left out."""
        sizes = [inputs * outputs for inputs, outputs in zip(widths, widths[1:])]
        states = STATES[optimizer]
        # Forward and both gradients are 2 · in · out an example each; nobody needs the gradient of the input.
        self.operations_per_example = sum(2 * 3 * size for size in sizes) - 2 * sizes[0]
        # All weights are read forward, all but the first layer's backward, all with their state at the update.
        self.read_bytes = element_bytes * (2 * sum(sizes) - sizes[0])
        self.update_bytes = 2 * element_bytes * (1 + states) * sum(sizes)
        # What the bandwidth is measured on: what a step goes through, and finds where the last one left it.
        self.working_set = element_bytes * (1 + states) * sum(sizes)

    def seconds(self, batch, flops, read_rate, update_rate):
        """The larger of the two, in seconds, for a peak in FLOP/s and bandwidths in bytes/s."""
        traffic = self.read_bytes / read_rate + self.update_bytes / update_rate
        return max(traffic, batch * self.operations_per_example / flops)
