"""Writes face_*.png and face_*.jpg with the headers of FaceSwap and DeepFaceLab, and face_headers.json with what they say.

The headers have the form that those programs write: FaceSwap str() of a dictionary in an iTXt chunk before the first
IDAT, DeepFaceLab a pickled dictionary in an APP15 segment behind the other APP segments. The heads are drawn here from
shapes, turned by known angles and seen in perspective, so that the poses are true ones.

Usage: python3 make_face_headers.py   (needs NumPy; reads rgb.png and baseline_420.jpg beside it)
"""

import json
import math
import os
import pickle
import struct
import zlib

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def head():
    """68 landmarks in millimetres: x to the right of the picture, y down, z away from the camera."""
    points = []
    for i in range(17):
        a = (i - 8) / 8 * math.pi / 2
        points.append((70 * math.sin(a), 76 * math.cos(a) - 25 * (1 - math.cos(a)), 45 * (1 - math.cos(a)) - 3))
    brow = [(x, -52 - 5 * math.sin((x + 58) / 40 * math.pi), 4 - 14 * (x + 58) / 40) for x in (-58, -48, -38, -28, -18)]
    points += brow + [(-x, y, z) for x, y, z in reversed(brow)]
    points += [(0, -38, -16), (0, -28, -23), (0, -17, -31), (0, -7, -37)]
    points += [(-14, 6, -16), (-7, 8, -20), (0, 9, -24), (7, 8, -20), (14, 6, -16)]
    eye = [(-45.5, -36, 7), (-36, -40, 2), (-26, -40, 0), (-16.5, -35, -2), (-26, -32, 0), (-36, -32, 2)]
    points += eye
    points += [(-x, y, z) for x, y, z in (eye[3], eye[2], eye[1], eye[0], eye[5], eye[4])]
    for count, width, height in ((12, 26, 9), (8, 20, 4)):
        for i in range(count):
            a = math.pi - 2 * math.pi * i / count
            points.append((width * math.cos(a), 31 - height * math.sin(a), -5 - 8 * math.sin(a) ** 2))
    return np.array(points)


def landmarks(yaw, pitch, roll, scale=2.0, centre=(640, 360), distance=600):
    """Degrees: yaw positive with the nose to the left of the picture, pitch positive up, roll positive clockwise."""
    y, p, r = np.radians([yaw, -pitch, roll])
    turn_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    turn_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    turn_z = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    turned = head() @ (turn_z @ turn_y @ turn_x).T
    return turned[:, :2] * (distance / (distance + turned[:, 2:])) * scale + np.array(centre)


def read(name):
    with open(os.path.join(HERE, name), "rb") as file:
        return file.read()


def write(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def faceswap(name, points, source, index, is_video, box):
    x, y, w, h = box
    mask = {"mask": zlib.compress(bytes(range(256)) * 16), "affine_matrix": np.eye(2, 3).tolist(), "interpolator": 3,
            "stored_size": 64, "stored_centering": "face"}
    header = {
        "alignments": {"x": x, "w": w, "y": y, "h": h, "landmarks_xy": points.astype("float32").tolist(),
                       "mask": {"components": mask}, "identity": {"vggface2": [0.25, -1e-05, 3.5e+20]}},
        "source": {"alignments_version": 2.4, "original_filename": os.path.splitext(source)[0] + f"_{index}.png",
                   "face_index": index, "source_filename": source, "source_is_video": is_video,
                   "source_frame_dims": (720, 1280)}}
    chunk = b"faceswap\0\0\0\0\0" + str(header).encode("utf-8")
    chunk = struct.pack(">I", len(chunk)) + b"iTXt" + chunk + struct.pack(">I", zlib.crc32(b"iTXt" + chunk))
    png = read("rgb.png")
    split = png.find(b"IDAT") - 4
    write(name, png[:split] + chunk + png[split:])


def deepfacelab(name, header, protocol):
    data = pickle.dumps(header, protocol=protocol)
    jpeg = read("baseline_420.jpg")
    place = 2
    while jpeg[place + 1] & 0xF0 == 0xE0:
        place += 2 + struct.unpack(">H", jpeg[place + 2:place + 4])[0]
    write(name, jpeg[:place] + b"\xff\xef" + struct.pack(">H", len(data) + 2) + data + jpeg[place:])


def dfl_header(points, source, rect):
    return {"face_type": "whole_face", "landmarks": (points / 4).tolist(), "source_filename": source,
            "source_rect": rect, "source_landmarks": points.tolist(), "image_to_face_mat": np.eye(2, 3),
            "eyebrows_expand_mod": 1.0, "xseg_mask": np.arange(300, dtype=np.uint8)}


def main():
    expected = []

    def expect(file, tool, source_file, source, index, pose, size):
        expected.append({"file": file, "tool": tool, "sourceFile": source_file, "source": source, "faceIndex": index,
                         "yaw": pose[0], "pitch": pose[1], "roll": pose[2], "size": size})

    for file, source, film, index, is_video, pose in (
            ("face_film.png", "clip two_000331.png", "clip two", 2, True, (25, 0, 0)),
            ("face_still.png", "holiday é's \"best\".jpg", "holiday é's \"best\".jpg", 0, False, (-35, 10, -15))):
        faceswap(file, landmarks(*pose), source, index, is_video, (500, 200, 240, 300))
        expect(file, "faceswap", source, film, index, pose, math.sqrt(240 * 300))
    for protocol, pose in ((2, (0, 15, 5)), (3, (40, -10, 0)), (4, (-20, 0, 30)), (5, (0, 0, 0))):
        file = f"face_pickle_{protocol}.jpg"
        rect = np.array([100, 50, 260, 300]) if protocol > 2 else [np.int64(100), np.int32(50), 260, 300.0]
        deepfacelab(file, dfl_header(landmarks(*pose), "00012.png", rect), protocol)
        expect(file, "deepfacelab", "00012.png", "00012.png", None, pose, math.sqrt(160 * 250))
    with open(os.path.join(HERE, "face_headers.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file, indent=1, ensure_ascii=False)
        file.write("\n")


main()
