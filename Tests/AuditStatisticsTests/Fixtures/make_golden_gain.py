#!/usr/bin/env python3
"""Reference numbers beyond golden_skew.json (numpy only), written to golden_gain.json beside this file.

    make_golden_gain.py FOLDER      FOLDER holds make_golden_skew.py, the reference implementation of the statistic

curve: gain over the share left out by skew, for the example of golden_skew.json.
noisy: a wider example, 400 rows of 108 numbers at rank 32. Only five directions are planted, so that most components
lie in the noise and their eigenvalues close together.
wide: fewer rows than numbers per row, as pictures have: 110 of 160 at rank 11.
"""
import base64, json, os, sys
import numpy as np

sys.path.insert(0, sys.argv[1])
import make_golden_skew as reference

SHARES = (0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.10)


def statistics(X, q):
    near = reference.nearest(X)
    trace = []
    model = reference.fit_robust(X, q, trace, near)
    t = reference.skew(model, X, near)
    return model, t, reference.verdicts(t), reference.training_weights(t), trace


def curve(X, q, t, w):
    order = np.argsort(-t["skew"], kind="stable")
    points = []
    for share in SHARES:
        count = int(np.floor(share * len(X) + 0.5))
        if count == 0:
            continue
        drop = np.zeros(len(X), bool)
        drop[order[:count]] = True
        g = reference.gain(X, q, drop, w)["drop"]
        points.append({"share": share, "count": count, **g})
    return points


X = reference.example() / 255
_, t, _, w, _ = statistics(X, 5)
out = {"curve": curve(X, 5, t, w)}

for name, q, size in (("noisy", 32, {"n": 400, "p": 108, "seed": 7}), ("wide", 11, {"n": 110, "p": 160, "seed": 9})):
    I = reference.example(**size)
    X = I / 255
    model, t, v, w, trace = statistics(X, q)
    out[name] = {
        "rank": q, "length": size["p"], "pixels": base64.b64encode(I.astype(np.uint8).tobytes()).decode(),
        "rounds": len(trace), "weights": model["weights"].tolist(), "eigenvalues": model["lam"].tolist(),
        "tail": model["tail"], **{k: t[k].tolist() for k in ("od", "sd", "c", "skew")}, "verdict": v.tolist(),
        "training_weight": w.tolist(), "gain": reference.gain(X, q, v == "drop", w), "curve": curve(X, q, t, w)}
    print(name, {x: int((v == x).sum()) for x in ("drop", "review", "keep")}, len(trace))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden_gain.json"), "w") as f:
    json.dump(out, f)
