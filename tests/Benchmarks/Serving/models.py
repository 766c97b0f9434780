#!/usr/bin/env python3
"""Makes the models that serving is measured with; the weights are random, from a fixed seed: only time is measured.

    /usr/bin/python3 tests/Benchmarks/Serving/models.py FOLDER [MODEL...]     # Debian: python3-onnx

  resnet50       image float32 [batch, 3, 224, 224] to logits [batch, 1000], the topology of ResNet-50 (25.6 million weights)
  resnet50-fp16  the same in float16
  perceptron     features float32 [batch, 1024] to scores [batch, 16] over four layers of 2048: one row reads all its weights to use each
                 once, so that rows together cost little more than one
  identity       payload float32 [batch, 1048576], answered as it came: 4 MB a row
Files that are there are left alone.
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = [helper.make_opsetid("", 13)]


class Graph:
    """Nodes and weights of one model under way, all of one element type."""

    def __init__(self, dtype=np.float32):
        self.nodes, self.weights, self.dtype, self.random = [], [], dtype, np.random.default_rng(1)

    def weight(self, name, array):
        self.weights.append(numpy_helper.from_array(np.asarray(array, self.dtype), name))
        return name

    def node(self, kind, inputs, **attributes):
        output = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, value, channels_in, channels, kernel, stride, scale=1.0):
        """Convolution and batch normalisation, as they are trained; `scale` keeps the sums of residual blocks from growing."""
        prefix = f"conv{len(self.nodes)}"
        he = np.sqrt(2 / (channels_in * kernel * kernel))
        weight = self.weight(f"{prefix}.weight", self.random.standard_normal((channels, channels_in, kernel, kernel)) * he)
        value = self.node("Conv", [value, weight], kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[kernel // 2] * 4)
        constants = {"gamma": scale, "beta": 0.0, "mean": 0.0, "var": 1.0}
        names = [self.weight(f"{prefix}.{name}", np.full(channels, number)) for name, number in constants.items()]
        return self.node("BatchNormalization", [value, *names])

    def save(self, path, source, target, shapes):
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(self.dtype)) if hasattr(helper, "np_dtype_to_tensor_dtype") else \
            onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[np.dtype(self.dtype)]
        self.nodes[-1].output[0] = target
        graph = helper.make_graph(
            self.nodes, path.stem,
            [helper.make_tensor_value_info(source, kind, ["batch", *shapes[0]])],
            [helper.make_tensor_value_info(target, kind, ["batch", *shapes[1]])],
            self.weights)
        model = helper.make_model(graph, opset_imports=OPSET, producer_name="model-operator")
        model.ir_version = 8
        onnx.checker.check_model(model)
        partial = path.with_suffix(".partial")
        partial.write_bytes(model.SerializeToString())
        partial.rename(path)


def bottleneck(graph, value, channels_in, channels, stride):
    inner = graph.node("Relu", [graph.convolution(value, channels_in, channels, 1, 1)])
    inner = graph.node("Relu", [graph.convolution(inner, channels, channels, 3, stride)])
    inner = graph.convolution(inner, channels, 4 * channels, 1, 1, scale=0.2)
    if stride != 1 or channels_in != 4 * channels:
        value = graph.convolution(value, channels_in, 4 * channels, 1, stride)
    return graph.node("Relu", [graph.node("Add", [inner, value])])


def resnet50(path, dtype):
    graph = Graph(dtype)
    value = graph.node("Relu", [graph.convolution("image", 3, 64, 7, 2)])
    value = graph.node("MaxPool", [value], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels_in = 64
    for channels, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            value = bottleneck(graph, value, channels_in, channels, stride if block == 0 else 1)
            channels_in = 4 * channels
    value = graph.node("Flatten", [graph.node("GlobalAveragePool", [value])])
    weight = graph.weight("fc.weight", graph.random.standard_normal((1000, 2048)) / np.sqrt(2048))
    graph.node("Gemm", [value, weight, graph.weight("fc.bias", np.zeros(1000))], transB=1)
    graph.save(path, "image", "logits", ([3, 224, 224], [1000]))


def perceptron(path):
    graph, value, width = Graph(), "features", 1024
    for layer, units in enumerate((2048, 2048, 2048, 2048, 16)):
        weight = graph.weight(f"w{layer}", graph.random.standard_normal((width, units)) * np.sqrt(2 / width))
        value = graph.node("Gemm", [value, weight, graph.weight(f"b{layer}", np.zeros(units))])
        value = graph.node("Relu", [value]) if units > 16 else value
        width = units
    graph.save(path, "features", "scores", ([1024], [16]))


def identity(path):
    graph = Graph()
    graph.node("Identity", ["payload"])
    graph.save(path, "payload", "echo", ([1048576], [1048576]))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    makers = {
        "resnet50": lambda path: resnet50(path, np.float32),
        "resnet50-fp16": lambda path: resnet50(path, np.float16),
        "perceptron": perceptron,
        "identity": identity,
    }
    for name in sys.argv[2:] or makers:
        path = folder / f"{name}.onnx"
        make = makers[name]
        if not path.exists():
            make(path)
            print(f"made {path} ({path.stat().st_size / 1e6:.1f} MB)", file=sys.stderr)


main()
