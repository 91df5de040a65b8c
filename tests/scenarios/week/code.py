"""The files of the workspace: a small classifier in plain Python, and data with a known answer."""

from __future__ import annotations

import random

PIPELINE = """
name: moons
stages:
  - name: prepare
    inputs: {readings: source:readings}
    outputs: {features: json}
    defaults: {scale: true}
  - name: train
    inputs: {features: prepare.features}
    outputs: {model: json}
    defaults: {lr: 0.1, epochs: 20, seed: 1}
  - name: evaluate
    inputs: {features: prepare.features, model: train.model}
    results: {metric: accuracy, direction: maximize, split: test, minimum: 0.6, goal: 0.9, tolerance: 0.01}
"""

SWEEP = """
stages:
  - name: train
    inputs: {features: source:features}
    outputs: {model: json}
    defaults: {lr: 0.1, epochs: 20, seed: 1}
  - name: evaluate
    inputs: {features: source:features, model: train.model}
    results: {metric: accuracy, direction: maximize, split: test, minimum: 0.6, goal: 0.9, tolerance: 0.01}
"""

PREPARE = """
import csv
from goldfish.io import get_config, input_path, save_output

def main():
    with open(input_path("readings")) as file:
        rows = [(float(r["x"]), float(r["y"]), int(r["label"])) for r in csv.DictReader(file)]
    top = max(abs(v) for x, y, _ in rows for v in (x, y)) if get_config()["scale"] else 1.0
    save_output("features", [[x / top, y / top, label] for x, y, label in rows])
"""

TRAIN = """
import random
from goldfish.io import get_config, load_input, save_output
from goldfish.metrics import log_metric

def inputs(x, y):
    return [1.0, x, y]

def main():
    config, rows = get_config(), load_input("features")
    shuffled = random.Random(config["seed"])
    weights = [0.0] * len(inputs(0.0, 0.0))
    for epoch in range(config["epochs"]):
        wrong = 0
        for x, y, label in shuffled.sample(rows[: len(rows) // 2], len(rows) // 2):
            values = inputs(x, y)
            guess = int(sum(w * v for w, v in zip(weights, values)) > 0)
            wrong += guess != label
            weights = [w + config["lr"] * (label - guess) * v for w, v in zip(weights, values)]
        log_metric("error", wrong / (len(rows) // 2) if config["lr"] < 5 else float("nan"), epoch)
    save_output("model", weights)
"""

QUADRATIC = TRAIN.replace("[1.0, x, y]", "[1.0, x, y, x * x, x * y, y * y]")

EVALUATE = """
from goldfish.io import load_input
from goldfish.metrics import log_metric

def main():
    rows, weights = load_input("features"), load_input("model")
    tested = rows[len(rows) // 2 :]
    def guess(x, y):
        values = [1.0, x, y, x * x, x * y, y * y][: len(weights)]
        return int(sum(w * v for w, v in zip(weights, values)) > 0)
    log_metric("accuracy", sum(guess(x, y) == label for x, y, label in tested) / len(tested))
"""

ANYTHING = "from goldfish.metrics import log_metric\ndef main(): log_metric('accuracy', 0.5)\n"


def readings() -> str:
    """200 points; inside a circle is one class."""
    drawn = random.Random(7)
    points = [(drawn.uniform(-2, 2), drawn.uniform(-2, 2)) for _ in range(200)]
    return "x,y,label\n" + "".join(f"{x:.4f},{y:.4f},{int(x * x + y * y < 1.6)}\n" for x, y in points)
