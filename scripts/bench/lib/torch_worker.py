"""The training step in PyTorch, eager: python torch_worker.py <threads>."""

import sys
import time

import torch

import peer


class Torch:
    def __init__(self, threads):
        torch.set_num_threads(threads)
        torch.manual_seed(1)

    def hello(self):
        return {"version": f"torch {torch.__version__}", "threads": torch.get_num_threads()}

    def prepare(self, widths, optimizer, capacity, precision="float"):
        widths = [int(width) for width in widths.split("-")]
        kind = torch.float32 if precision == "float" else torch.float64
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [torch.nn.Linear(inputs, outputs, dtype=kind), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.loss = torch.nn.CrossEntropyLoss()
        examples = peer.BATCHES * int(capacity)
        # Small inputs: the learning rate is too high for larger ones at batch 1.
        self.inputs = 0.1 * torch.randn(examples, widths[0], dtype=kind)
        self.labels = torch.arange(examples) * 7 % widths[-1]
        self.initial = [parameter.detach().clone() for parameter in self.model.parameters()]
        self.batches = {}
        self.next = 0
        self.optimizer, variant = self._fastest(optimizer, min(8, int(capacity)))
        return {"optimizer": f"torch.optim.{type(self.optimizer).__name__}, {variant}"}

    def step(self, batch, warm_up, steps):
        # From the start each time: eight batches learnt by heart leave gradients too small to be normal numbers.
        with torch.no_grad():
            for parameter, initial in zip(self.model.parameters(), self.initial):
                parameter.copy_(initial)
        run, finish = self._step(int(batch), self.optimizer)
        return peer.timed(run, finish, int(warm_up), int(steps))

    def _step(self, batch, optimizer):
        if batch not in self.batches:
            self.batches[batch] = [
                (self.inputs[i * batch : (i + 1) * batch], self.labels[i * batch : (i + 1) * batch])
                for i in range(peer.BATCHES)
            ]
        batches, model, loss_of = self.batches[batch], self.model, self.loss
        loss = None

        def run():
            nonlocal loss
            inputs, labels = batches[self.next]
            self.next = (self.next + 1) % peer.BATCHES
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model(inputs), labels)
            loss.backward()
            optimizer.step()

        return run, lambda: 0.0 if loss is None else loss.item()

    def _fastest(self, name, batch):
        """The fastest of PyTorch's implementations of the optimizer, by the median of a few steps."""
        tried = []
        for variant in ({"foreach": False}, {"foreach": True}, {"fused": True}):
            try:
                optimizer = self._optimizer(name, variant)
                run, _ = self._step(batch, optimizer)
                durations = []
                for _ in range(60):
                    start = time.perf_counter()
                    run()
                    durations.append(time.perf_counter() - start)
            except (RuntimeError, TypeError):
                continue  # Not in this version of PyTorch for this optimizer.
            label = ", ".join(f"{key}={value}" for key, value in variant.items())
            tried.append((sorted(durations)[len(durations) // 2], label, optimizer))
        if not tried:
            raise RuntimeError(f"no implementation of {name} works")
        _, label, optimizer = min(tried, key=lambda entry: entry[0])
        return optimizer, label

    def _optimizer(self, name, variant):
        if name == "sgd":
            return torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9, **variant)
        if name == "adam":
            return torch.optim.Adam(self.model.parameters(), lr=0.001, **variant)
        raise peer.Unsupported(f"no optimizer {name}")


peer.serve(Torch(int(sys.argv[1])))
