"""Runs the recipe of `audit models import --help`, which comes on standard input, in the working directory.

The recipe lets torchvision fetch the backbone's weights, which a test must not: they are read from the raw weights of
the folder given as argument instead, and are random where none is given.
"""
import json
import pathlib
import struct
import sys
import warnings

import lpips
import numpy as np
import torch

warnings.simplefilter("ignore")
network = lpips.LPIPS


def weights(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        yield name, torch.from_numpy(np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).copy())


def with_weights_at_hand(net):
    made = network(net=net, pnet_rand=True, verbose=False)
    if len(sys.argv) > 1:
        known = dict(weights(pathlib.Path(sys.argv[1]) / f"lpips_{net}.safetensors"))
        state = made.state_dict()
        for name in state:
            if name.startswith("net."):
                state[name] = known["backbone.features." + name.split(".", 2)[2]]
        made.load_state_dict(state)
    return made


lpips.LPIPS = with_weights_at_hand
exec(sys.stdin.read(), {})
