"""Makes the tiny networks of these tests. Run with the packages onnx and numpy; writes beside itself."""
import pathlib

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

HERE = pathlib.Path(__file__).parent
OPEN = ["n", 3, "h", "w"]


def constant(name, values, kind=np.float32):
    return numpy_helper.from_array(np.array(values, kind), name)


def port(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def write(name, nodes, inputs, outputs, constants=(), properties=None):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, properties or {})
    save(model, HERE / f"{name}.onnx")


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


def copies():
    same = [node("Identity", "image", "copy")]
    write("copy", same, [port("image", OPEN)], [port("copy", OPEN)])
    fixed = [4, 3, 32, 32]
    write("batch_of_four", same, [port("image", fixed)], [port("copy", fixed)])
    one = ["n", 1, "h", "w"]
    write("gray", same, [port("image", one)], [port("copy", one)], (), {"input_range": "0..1"})
    double = [port(name, OPEN, TensorProto.DOUBLE) for name in ("image", "copy")]
    write("double", same, double[:1], double[1:])
    reshape = [node("Reshape", "image shape", "copy")]
    write("one_at_a_time", reshape, [port("image", OPEN)], [port("copy", None)],
          [constant("shape", [1, 3, 32, 32], np.int64)], {"input_range": "0..1"})


def ranges():
    """Each redraws its picture only where the values are what it takes; else the output is all 0."""
    def gated(name, condition, result, constants):
        write(name, condition + [node("Cast", "good", "gate", to=TensorProto.FLOAT)] + result,
              [port("image", OPEN)], [port("copy", OPEN)], constants)

    low = [node("ReduceMin", "image", "low", axes=[1, 2, 3])]
    high = [node("ReduceMax", "image", "high", axes=[1, 2, 3])]
    keep = [node("Mul", "image gate", "copy")]
    gated("takes_symmetric", low + [node("Less", "low limit", "good")], keep, [constant("limit", -0.1)])
    gated("takes_codes", high + [node("Greater", "high limit", "good")], keep, [constant("limit", 2)])
    gated("takes_unit", low + high + [
        node("GreaterOrEqual", "low zero", "above"), node("LessOrEqual", "high one", "below"),
        node("And", "above below", "good")], keep, [constant("zero", 0), constant("one", 1)])
    gated("symmetric_to_unit", low + [node("Less", "low limit", "good")],
          [node("Add", "image one", "shifted"), node("Mul", "shifted half", "unit"), node("Mul", "unit gate", "copy")],
          [constant("limit", -0.1), constant("one", 1), constant("half", 0.5)])


def conventions():
    shape = ["n", 32, 24, 3]
    write("last_bgr", [node("Mul", "pixels factors", "drawn")], [port("pixels", shape)], [port("drawn", shape)],
          [constant("factors", [0.5, 1, 0.25])], {"input_color": "BGR", "input_range": "[0, 1]"})
    kernel = np.zeros((3, 3, 3, 3), np.float32)
    for channel in range(3):
        kernel[channel, channel] = 1 / 9
    write("box", [node("Conv", "x kernel", "y", kernel_shape=[3, 3], pads=[1, 1, 1, 1])], [port("x", OPEN)],
          [port("y", OPEN)], [constant("kernel", kernel)], {"input_range": "-1..1"})
    write("halves", [node("AveragePool", "x", "y", kernel_shape=[2, 2], strides=[2, 2])], [port("x", OPEN)],
          [port("y", ["n", 3, "a", "b"])])


def ports():
    write("two_inputs", [node("Add", "image noise", "drawn")], [port("image", OPEN), port("noise", OPEN)],
          [port("drawn", OPEN)])
    code = [node("ReduceMean", "image", "code", axes=[2, 3], keepdims=0), node("Identity", "image", "drawn")]
    write("with_code", code, [port("image", OPEN)], [port("code", ["n", 3]), port("drawn", OPEN)], (),
          {"input_range": "0..1"})
    twice = [node("Identity", "image", "left"), node("Neg", "image", "right")]
    write("two_outputs", twice, [port("image", OPEN)], [port("left", OPEN), port("right", OPEN)])


def faulty():
    """Copies, but: a black picture divides the lowest integer by -1, which traps; one whose brightest code is below 25
    gives values that are not finite; and a white one makes a loop that does not end."""
    body = helper.make_graph(
        [node("Identity", "go", "go_on"), node("Identity", "value", "next")], "body",
        [port("round", [], TensorProto.INT64), port("go", [], TensorProto.BOOL), port("value", [])],
        [port("go_on", [], TensorProto.BOOL), port("next", [])])
    nodes = [
        node("ReduceMax", "image", "high", axes=[1, 2, 3]), node("Ceil", "high", "ceiling"),
        node("Cast", "ceiling", "whole", to=TensorProto.INT32), node("Mul", "whole two", "doubled"),
        node("Sub", "doubled one", "divisor"), node("Div", "lowest_integer divisor", "quotient"),
        node("Cast", "quotient", "crash", to=TensorProto.FLOAT), node("Mul", "crash zero", "nothing"),
        node("ReduceMin", "image", "low", axes=[1, 2, 3]), node("ReduceMax", "low", "lowest", keepdims=0),
        node("Floor", "lowest", "is_white"), node("Mul", "is_white many", "wish"),
        node("Cast", "wish", "rounds", to=TensorProto.INT64),
        helper.make_node("Loop", ["rounds", "yes", "start"], ["end"], body=body),
        node("Sub", "high dark", "distance"), node("Relu", "distance", "above"), node("Sign", "above", "gate"),
        node("Div", "image gate", "divided"), node("Add", "divided nothing", "added"), node("Add", "added end", "copy")]
    write("faulty", nodes, [port("image", OPEN)], [port("copy", OPEN)],
          [constant("one", 1, np.int32), constant("two", 2, np.int32), constant("lowest_integer", -(2**31), np.int32),
           constant("zero", 0), constant("many", 1e15), constant("start", 0),
           constant("yes", True, np.bool_), constant("dark", 0.1)], {"input_range": "0..1"})


def distances():
    def distance(name, shape, out, reduce):
        nodes = [node("Sub", "in0 in1", "d"), node("Abs", "d", "a"), reduce]
        write(name, nodes, [port("in0", shape), port("in1", shape)], [port("val", out)])

    mean = node("ReduceMean", "a", "val", axes=[1, 2, 3])
    distance("distance", OPEN, ["n", 1, 1, 1], mean)
    distance("distance_at_48", [1, 3, 48, 48], [1, 1, 1, 1], mean)
    write("never_zero", [node("Sub", "in0 in1", "d"), node("Exp", "d", "e"),
                         node("ReduceMean", "e", "val", axes=[1, 2, 3])],
          [port("in0", OPEN), port("in1", OPEN)], [port("val", ["n", 1, 1, 1])])


for make in (copies, ranges, conventions, ports, faulty, distances):
    make()
