#!/usr/bin/env python3
"""Trains the models of the demo on scikit-learn's handwritten digits (8x8 grey images, 0 to 16) and writes them as ONNX.

    /usr/bin/python3 tests/models/train.py     # Debian: python3-sklearn python3-onnx

All take `image` float32 [batch, 64] and answer `label` int64 [batch] and `probabilities` float32 [batch, 10].
  digits-v1  a perceptron, 64-16-10
  digits-v2  a wider perceptron trained for longer: as good or better, as fast
  digits-v3  a small perceptron trained on labels of which many are wrong: distinctly less accurate
  digits-v4  an RBF kernel vote averaged over jittered copies of the image: accurate, many times slower
  digits-v5  not a model at all
digits-heldout.ndjson holds the samples none of them has seen, one {"image": [...], "label": n} a line; digits-evaluation.ndjson holds the
same as a labelled data set for rollout.evaluation, one {"inputs": [...], "truth": n} a line (made anew alone by: train.py --dataset).
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

HERE = pathlib.Path(__file__).parent
OPSET = [helper.make_opsetid("", 13)]


def write(name, nodes, constants, note):
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 64])],
        [helper.make_tensor_value_info("label", TensorProto.INT64, ["batch"]),
         helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 10])],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()])
    model = helper.make_model(graph, opset_imports=OPSET, producer_name="model-operator", doc_string=note)
    model.ir_version = 8
    onnx.checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def perceptron(name, mlp, note):
    constants = {"scale": np.float32(1 / 16)}
    nodes, last = [helper.make_node("Mul", ["image", "scale"], ["x0"])], "x0"
    for i, (weight, bias) in enumerate(zip(mlp.coefs_, mlp.intercepts_)):
        constants[f"w{i}"], constants[f"b{i}"] = weight.astype(np.float32), bias.astype(np.float32)
        nodes.append(helper.make_node("Gemm", [last, f"w{i}", f"b{i}"], [f"h{i}"]))
        last = f"h{i}"
        if i + 1 < len(mlp.coefs_):
            nodes.append(helper.make_node("Relu", [last], [f"r{i}"]))
            last = f"r{i}"
    nodes.append(helper.make_node("Softmax", [last], ["probabilities"], axis=1))
    nodes.append(helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0))
    write(name, nodes, constants, note)


def kernel_vote(name, images, labels, copies, rng):
    """exp(-gamma |x - t|^2) = exp(2 gamma x.t - gamma |x|^2 - gamma |t|^2), summed by label and over jittered copies of x."""
    gamma = np.float32(12.0)
    train = (images / 16).astype(np.float32)
    constants = {
        "scale": np.float32(1 / 16),
        "jitter": rng.normal(0, 0.03, (1, copies, 64)).astype(np.float32),
        "middle": np.array([1], np.int64),
        "train": train.T.copy(),
        "norms": (-gamma * (train ** 2).sum(axis=1)).astype(np.float32),
        "twice": np.float32(2 * gamma), "minus": -gamma, "last": np.array([2], np.int64),
        "onehot": np.eye(10, dtype=np.float32)[labels],
        "mean": np.float32(1 / copies), "tiny": np.float32(1e-30),
    }
    node = helper.make_node
    nodes = [
        node("Mul", ["image", "scale"], ["x"]),
        node("Unsqueeze", ["x", "middle"], ["one"]),
        node("Add", ["one", "jitter"], ["many"]),
        node("MatMul", ["many", "train"], ["dots"]),
        node("Mul", ["dots", "twice"], ["cross"]),
        node("Add", ["cross", "norms"], ["closer"]),
        node("Mul", ["many", "many"], ["squares"]),
        node("ReduceSum", ["squares", "last"], ["length"], keepdims=1),
        node("Mul", ["length", "minus"], ["offset"]),
        node("Add", ["closer", "offset"], ["exponent"]),
        node("Exp", ["exponent"], ["kernel"]),
        node("MatMul", ["kernel", "onehot"], ["votes"]),
        node("ReduceSum", ["votes", "middle"], ["total"], keepdims=0),
        node("Mul", ["total", "mean"], ["average"]),
        node("Add", ["average", "tiny"], ["safe"]),
        node("ReduceSum", ["safe", "middle"], ["sum"], keepdims=1),
        node("Div", ["safe", "sum"], ["probabilities"]),
        node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
    ]
    write(name, nodes, constants, "RBF kernel vote averaged over jittered copies: accurate and slow")


def write_dataset():
    with open(HERE / "digits-heldout.ndjson") as samples, open(HERE / "digits-evaluation.ndjson", "w") as out:
        for sample in map(json.loads, samples):
            image = {"name": "image", "shape": [1, 64], "datatype": "FP32", "data": sample["image"]}
            out.write(json.dumps({"inputs": [image], "truth": sample["label"]}, separators=(",", ":")) + "\n")


def main():
    images, labels = load_digits(return_X_y=True)
    train_x, held_x, train_y, held_y = train_test_split(images, labels, test_size=0.3, random_state=7, stratify=labels)
    rng = np.random.default_rng(7)

    def fit(hidden, target, iterations=300):
        return MLPClassifier((hidden,), max_iter=iterations, random_state=7, alpha=1e-3).fit(train_x / 16, target)

    v1 = fit(16, train_y, 200)
    v2 = fit(96, train_y, 600)
    wrong = train_y.copy()
    flipped = rng.random(len(wrong)) < 0.35
    wrong[flipped] = (wrong[flipped] + rng.integers(1, 10, flipped.sum())) % 10
    v3 = fit(32, wrong, 600)
    for name, mlp, note in (("digits-v1", v1, "perceptron 64-16-10"), ("digits-v2", v2, "perceptron 64-96-10"),
                            ("digits-v3", v3, "perceptron 64-32-10 trained on labels of which a third are wrong")):
        perceptron(name, mlp, note)
        print(f"{name}: {mlp.score(held_x / 16, held_y):.4f} on {len(held_y)} held-out samples")
    kernel_vote("digits-v4", train_x, train_y, 2000, rng)
    kernel = np.exp(-12.0 * (((held_x[:, None] - train_x[None]) / 16) ** 2).sum(axis=2)) @ np.eye(10)[train_y]
    print(f"digits-v4: {(kernel.argmax(axis=1) == held_y).mean():.4f} without jitter")
    (HERE / "digits-v5.onnx").write_text("This is not an ONNX model. It stands for the wrong file under the right name.\n" * 8)
    with open(HERE / "digits-heldout.ndjson", "w") as out:
        for image, label in zip(held_x, held_y):
            out.write(json.dumps({"image": [int(v) for v in image], "label": int(label)}, separators=(",", ":")) + "\n")
    write_dataset()
    with open(HERE / "SHA256SUMS", "w") as out:
        for path in sorted(HERE.glob("digits-v*.onnx")):
            out.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


if __name__ == "__main__":
    write_dataset() if sys.argv[1:] == ["--dataset"] else main()
