"""The training step in JAX, one compiled function with donated arguments: python jax_worker.py <threads>.

XLA takes as many threads as the process has processors; whoever starts this one sees to that.
"""

import os
import sys

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy

import peer


def loss_of(parameters, inputs, labels):
    for weights, bias in parameters[:-1]:
        inputs = jax.nn.relu(inputs @ weights + bias)
    weights, bias = parameters[-1]
    logarithms = jax.nn.log_softmax(inputs @ weights + bias)
    return -jnp.take_along_axis(logarithms, labels[:, None], axis=1).mean()


def sgd(parameters, state, gradient):
    state = jax.tree.map(lambda v, g: 0.9 * v + g, state, gradient)
    return jax.tree.map(lambda w, v: w - 0.01 * v, parameters, state), state


def adam(parameters, state, gradient):
    first, second, step = state
    step = step + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, second, gradient)
    one, two = 1 - 0.9**step, 1 - 0.999**step
    parameters = jax.tree.map(
        lambda w, m, s: w - 0.001 * (m / one) / (jnp.sqrt(s / two) + 1e-8), parameters, first, second
    )
    return parameters, (first, second, step)


class Jax:
    def __init__(self, threads):
        self.threads = threads

    def hello(self):
        return {"version": f"jax {jax.__version__}", "threads": self.threads}

    def prepare(self, widths, optimizer, capacity, precision="float"):
        if optimizer not in ("sgd", "adam"):
            raise peer.Unsupported(f"no optimizer {optimizer}")
        update = sgd if optimizer == "sgd" else adam
        jax.config.update("jax_enable_x64", precision == "double")
        widths = [int(width) for width in widths.split("-")]
        kind = numpy.float32 if precision == "float" else numpy.float64
        random = numpy.random.default_rng(1)
        self.initial = [
            ((random.standard_normal((n, m)) * (2 / n) ** 0.5).astype(kind), numpy.zeros(m, kind))
            for n, m in zip(widths, widths[1:])
        ]
        zeros = lambda: jax.tree.map(jnp.zeros_like, self.initial)
        self.state = zeros() if optimizer == "sgd" else (zeros(), zeros(), jnp.zeros((), kind))
        examples = peer.BATCHES * int(capacity)
        # Small inputs: the learning rate is too high for larger ones at batch 1.
        self.inputs = random.standard_normal((examples, widths[0]), dtype=kind) * kind(0.1)
        self.labels = (numpy.arange(examples) * 7 % widths[-1]).astype(numpy.int32)
        self.batches = {}
        self.next = 0

        def step(parameters, state, inputs, labels):
            loss, gradient = jax.value_and_grad(loss_of)(parameters, inputs, labels)
            return *update(parameters, state, gradient), loss

        self.compiled = jax.jit(step, donate_argnums=(0, 1))
        return {"optimizer": f"{optimizer} written out, compiled with the step"}

    def step(self, batch, warm_up, steps):
        batch = int(batch)
        if batch not in self.batches:
            self.batches[batch] = [
                (
                    jax.device_put(self.inputs[i * batch : (i + 1) * batch].copy()),
                    jax.device_put(self.labels[i * batch : (i + 1) * batch].copy()),
                )
                for i in range(peer.BATCHES)
            ]
        batches = self.batches[batch]
        # From the start each time: eight batches learnt by heart leave gradients too small to be normal numbers.
        parameters = jax.tree.map(lambda array: jnp.array(array, copy=True), self.initial)
        jax.block_until_ready(parameters)
        loss = jnp.zeros(())

        def run():
            nonlocal parameters, loss
            inputs, labels = batches[self.next]
            self.next = (self.next + 1) % peer.BATCHES
            parameters, self.state, loss = self.compiled(parameters, self.state, inputs, labels)

        def finish():
            jax.block_until_ready((parameters, self.state))
            return loss

        return peer.timed(run, finish, int(warm_up), int(steps))


peer.serve(Jax(int(sys.argv[1])))
