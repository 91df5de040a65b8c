"""Train a network with one hidden layer by plain stochastic gradient descent."""

from pathlib import Path

import numpy as np

from goldfish.io import get_config, heartbeat, load_input, save_output
from goldfish.metrics import log_metrics


def main() -> None:
    config = get_config()
    rng = np.random.default_rng(config["seed"])
    data = load_input("train")
    pixels, labels = data[:, :-1] / 16, data[:, -1].astype(int)
    sizes = (pixels.shape[1], config["hidden"], 10)
    weights = [rng.normal(0, np.sqrt(2 / n), (n, m)) for n, m in zip(sizes, sizes[1:], strict=False)]
    biases = [np.zeros(m) for m in sizes[1:]]

    for epoch in range(config["epochs"]):
        losses, hits = [], 0
        for batch in np.array_split(rng.permutation(len(pixels)), len(pixels) // config["batch"]):
            x, y = pixels[batch], labels[batch]
            drive = x @ weights[0] + biases[0]
            hidden = np.where(drive > 0, drive, 0.1 * drive)
            scores = hidden @ weights[1] + biases[1]
            scores -= scores.max(axis=1, keepdims=True)
            log_chance = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
            losses.append(-log_chance[np.arange(len(y)), y].mean())
            hits += (scores.argmax(axis=1) == y).sum()

            error = np.exp(log_chance)
            error[np.arange(len(y)), y] -= 1
            error /= len(y)
            back = (error @ weights[1].T) * np.where(drive > 0, 1, 0.1)
            for layer, (given, wrong) in enumerate([(x, back), (hidden, error)]):
                weights[layer] -= config["lr"] * given.T @ wrong
                biases[layer] -= config["lr"] * wrong.sum(axis=0)
        log_metrics({"loss": np.mean(losses), "train_accuracy": hits / len(pixels)}, step=epoch)
        heartbeat(f"epoch {epoch + 1} of {config['epochs']}")

    model = Path("model")
    model.mkdir()
    np.savez(model / "weights.npz", w0=weights[0], b0=biases[0], w1=weights[1], b1=biases[1])
    save_output("model", model)
