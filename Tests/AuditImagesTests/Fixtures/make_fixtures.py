"""Makes the files of this folder: tiny synthetic pictures and the pixels that Pillow reads from them.

Run with Pillow (made with 13.0) and NumPy: python3 make_fixtures.py
Pictures come from formulas, so that nothing here shows a person. `manifest.json` lists each file with its
facts; beside `NAME` stands `NAME.rgb`, the expected R G B bytes.
"""

import io
import json
import struct
import warnings
import zlib

import numpy as np
from PIL import Image

MANIFEST = {"decode": [], "resize": [], "enlarge": []}


def lcg(count, seed):
    """Bytes of the generator x -> 1664525 x + 1013904223 mod 2^32, its top eight bits each time."""
    out, state = bytearray(), seed
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return bytes(out)


def noise(width, height, seed):
    return Image.frombytes("RGB", (width, height), lcg(3 * width * height, seed))


def scene(width, height):
    """Smooth colours with an edge and some noise, unlike under every turn and mirror."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 255 * x / width
    green = 255 * y / height
    blue = 127 + 120 * np.sin(x / 5) * np.cos(y / 7)
    planes = np.stack([red, green, blue], -1)
    planes[: height // 3, : width // 4] = (250, 30, 20)
    grain = np.frombuffer(lcg(3 * width * height, 5), np.uint8).reshape(height, width, 3).astype(float) / 16 - 8
    return Image.fromarray(np.clip(planes + grain, 0, 255).astype(np.uint8))


def keep(name, data, expected=None, colour="rgb", bits=8, alpha=False, orientation=1, frames=1, size=None,
         target=None):
    """Writes a file and what is expected of it; `expected` defaults to Pillow's reading."""
    with open(name, "wb") as out:
        out.write(data)
    if expected is None:
        image = Image.open(io.BytesIO(data))
        image.load()
        expected = image.convert("RGB")
    with open(name + ".rgb", "wb") as out:
        out.write(expected.tobytes())
    facts = size or expected.size
    MANIFEST["decode"].append({
        "file": name, "imageWidth": expected.size[0], "imageHeight": expected.size[1], "width": facts[0],
        "height": facts[1], "colour": colour, "bits": bits, "alpha": alpha, "orientation": orientation,
        "frames": frames, "target": target or 1 << 40})


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg():
    picture = scene(45, 35)
    keep("baseline_420.jpg", saved(picture, "JPEG", quality=85, subsampling=2))
    keep("baseline_422.jpg", saved(picture, "JPEG", quality=85, subsampling=1))
    keep("baseline_444.jpg", saved(picture, "JPEG", quality=95, subsampling=0))
    keep("progressive.jpg", saved(picture, "JPEG", quality=85, progressive=True))
    keep("restart.jpg", saved(picture, "JPEG", quality=85, restart_marker_blocks=2))
    keep("stored_rgb.jpg", saved(picture, "JPEG", quality=85, keep_rgb=True))
    keep("gray.jpg", saved(picture.convert("L"), "JPEG", quality=85), colour="gray")
    ink = picture.convert("CMYK")
    black = np.asarray(picture.convert("L"), np.uint8) // 2
    channels = list(ink.split())
    channels[3] = Image.fromarray(black)
    ink = Image.merge("CMYK", channels)
    keep("cmyk.jpg", saved(ink, "JPEG", quality=90), colour="cmyk")
    keep("cmyk_progressive.jpg", saved(ink, "JPEG", quality=90, progressive=True), colour="cmyk")
    for value in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = value
        exif[0x010E] = "a description"
        data = saved(picture, "JPEG", quality=85, exif=exif)
        from PIL import ImageOps
        turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        keep(f"orientation_{value}.jpg", data, turned, orientation=value)
    large = scene(131, 67)
    data = saved(large, "JPEG", quality=85)
    for scale in (2, 4, 8):
        image = Image.open(io.BytesIO(data))
        image.draft("RGB", (131 // scale, 67 // scale))
        assert image.size == (-(-131 // scale), -(-67 // scale)), image.size
        image.load()
        # The short side of the result is 34, 17 and 9.
        keep(f"scaled_{scale}.jpg", data, image, size=(131, 67), target={2: 17, 4: 8, 8: 4}[scale])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_file(width, height, bits, colour, rows_of, interlaced=False, before=b""):
    """A PNG made by hand. `rows_of(x0, y0, dx, dy)` gives the packed rows of a pass."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    passes = ([(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
              if interlaced else [(0, 0, 1, 1)])
    raw = b"".join(b"\0" + row for step in passes for row in rows_of(*step))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(raw))
            + chunk(b"IEND", b""))


def packed(values, bits):
    """Samples of one row, most significant first, to bytes."""
    text = "".join(format(int(value), f"0{bits}b") for value in values)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def png_of(array, bits, colour, interlaced=False, before=b""):
    height, width = array.shape[:2]

    def rows(x0, y0, dx, dy):
        part = array[y0::dy, x0::dx]
        return [packed(row.reshape(-1), bits) for row in part] if part.shape[1] else []

    return png_file(width, height, bits, colour, rows, interlaced, before)


def png():
    picture = scene(23, 17)
    pixels = np.asarray(picture)
    keep("rgb.png", saved(picture, "PNG"))
    keep("gray.png", saved(picture.convert("L"), "PNG"), colour="gray")
    keep("gray_alpha.png", saved(picture.convert("LA"), "PNG"), colour="gray", alpha=True)
    mask = Image.frombytes("L", (23, 17), lcg(23 * 17, 9))
    with_alpha = picture.copy()
    with_alpha.putalpha(mask)
    keep("rgba.png", saved(with_alpha, "PNG"), alpha=True)
    keep("palette.png", saved(picture.quantize(200), "PNG"), colour="palette")
    for bits, count in ((1, 2), (2, 4), (4, 16)):
        keep(f"palette_{bits}.png", saved(picture.quantize(count), "PNG", bits=bits), colour="palette", bits=bits)
    keep("palette_alpha.png", saved(picture.quantize(50), "PNG", transparency=bytes(range(0, 250, 5))),
         colour="palette", alpha=True)
    wide = np.frombuffer(lcg(2 * 23 * 17 * 4, 21), ">u2").reshape(17, 23, 4).astype(int)
    high = Image.fromarray((wide[:, :, :3] >> 8).astype(np.uint8))
    keep("rgb_16.png", png_of(wide[:, :, :3], 16, 2), bits=16)
    keep("rgba_16.png", png_of(wide, 16, 6), bits=16, alpha=True)
    assert Image.open("rgb_16.png").convert("RGB").tobytes() == high.tobytes(), "Pillow keeps the high byte of RGB"
    gray = Image.fromarray((wide[:, :, 0] >> 8).astype(np.uint8)).convert("RGB")
    keep("gray_16.png", png_of(wide[:, :, 0], 16, 0), gray, colour="gray", bits=16)
    for bits in (1, 2, 4):
        values = wide[:, :, 1] >> (16 - bits)
        grown = Image.fromarray((values * (255 // (2**bits - 1))).astype(np.uint8)).convert("RGB")
        keep(f"gray_{bits}.png", png_of(values, bits, 0), grown, colour="gray", bits=bits)
    keep("interlaced.png", png_of(pixels, 8, 2, interlaced=True), picture)
    keep("interlaced_16.png", png_of(wide[:, :, :3], 16, 2, interlaced=True), high, bits=16)
    keep("interlaced_gray_2.png", png_of(wide[:, :, 1] >> 14, 2, 0, interlaced=True),
         Image.fromarray(((wide[:, :, 1] >> 14) * 85).astype(np.uint8)).convert("RGB"), colour="gray", bits=2)
    keep("text.png", png_of(pixels, 8, 2, before=chunk(b"iTXt", b"faceswap\0\0\0\0\0{'alignments': 1}")), picture)
    keep("animated.png", saved(picture, "PNG", save_all=True, append_images=[noise(23, 17, 1), noise(23, 17, 2)]),
         picture, frames=3)
    exif = Image.Exif()
    exif[0x0112] = 6
    keep("orientation_6.png", saved(picture, "PNG", exif=exif), picture.transpose(Image.Transpose.ROTATE_270),
         orientation=6)


def webp():
    picture = scene(45, 35)
    with_alpha = picture.copy()
    with_alpha.putalpha(Image.frombytes("L", (45, 35), lcg(45 * 35, 9)))
    keep("lossy.webp", saved(picture, "WEBP", quality=80))
    keep("lossless.webp", saved(picture, "WEBP", lossless=True), picture)
    keep("lossy_alpha.webp", saved(with_alpha, "WEBP", quality=80), alpha=True)
    keep("lossless_alpha.webp", saved(with_alpha, "WEBP", lossless=True, exact=True), picture, alpha=True)
    frames = [noise(45, 35, 3), noise(45, 35, 4)]
    keep("animated.webp", saved(picture, "WEBP", save_all=True, append_images=frames, lossless=True), picture,
         frames=3)
    exif = Image.Exif()
    exif[0x0112] = 8
    keep("orientation_8.webp", saved(picture, "WEBP", lossless=True, exif=exif),
         picture.transpose(Image.Transpose.ROTATE_90), orientation=8)


def bmp_file(width, height, bits, data, compression=0, extra=b"", length=40):
    header = struct.pack("<IiiHHIIiiII", length, width, height, 1, bits, compression, len(data), 0, 0, 0, 0)
    offset = 14 + len(header) + len(extra)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + extra + data


def bmp():
    picture = scene(23, 17)
    pixels = np.asarray(picture)
    keep("rgb.bmp", saved(picture, "BMP"))
    keep("gray.bmp", saved(picture.convert("L"), "BMP"), colour="palette")
    keep("palette.bmp", saved(picture.quantize(200), "BMP"), colour="palette")
    keep("bitmap.bmp", saved(picture.convert("1"), "BMP"), colour="palette", bits=1)
    with_alpha = picture.copy()
    with_alpha.putalpha(Image.frombytes("L", (23, 17), lcg(23 * 17, 9)))
    rows = [row[:, ::-1].tobytes() + b"\0" * (-3 * 23 % 4) for row in pixels]
    keep("top_down.bmp", bmp_file(23, -17, 24, b"".join(rows)), picture)
    core = b"BM" + struct.pack("<IHHI", 0, 0, 0, 26) + struct.pack("<IHHHH", 12, 23, 17, 1, 24)
    keep("os2.bmp", core + b"".join(rows[::-1]), picture)
    quads = np.concatenate([pixels[::-1, :, ::-1], np.zeros((17, 23, 1), np.uint8)], -1)
    keep("rgbx_32.bmp", bmp_file(23, 17, 32, quads.tobytes()), picture)
    index = np.frombuffer(lcg(17 * 23, 4), np.uint8).reshape(17, 23) >> 4
    colours = b"".join(bytes([b, 255 - b, 3 * b % 256, 0]) for b in range(0, 256, 16))
    keep("palette_4.bmp", bmp_file(23, 17, 4, b"".join(packed(row, 4) for row in index), extra=colours),
         colour="palette", bits=4)
    words = np.frombuffer(lcg(2 * 17 * 24, 4), "<u2").reshape(17, 24)
    keep("rgb_555.bmp", bmp_file(23, 17, 16, words.tobytes()), bits=5)
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    keep("rgb_565.bmp", bmp_file(23, 17, 16, words.tobytes(), 3, masks), bits=5)
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"\0" * 52
    quads = np.asarray(with_alpha)[::-1, :, [2, 1, 0, 3]]
    keep("rgba_32.bmp", bmp_file(23, 17, 32, quads.tobytes(), 3, masks, 108), picture, alpha=True)


def pnm():
    picture = scene(11, 7)
    gray = picture.convert("L")
    keep("binary.ppm", saved(picture, "PPM"))
    keep("binary.pgm", saved(gray, "PPM"), colour="gray")
    keep("binary.pbm", saved(gray.convert("1"), "PPM"), colour="gray", bits=1)
    numbers = " ".join(str(v) for v in picture.tobytes())
    keep("plain.ppm", b"P3 # kind\n# a comment\n11 # width\n7\n255\n" + numbers.encode() + b"\n", picture)
    numbers = "\n".join(str(v * 100 // 255) for v in gray.tobytes())
    keep("plain_100.pgm", b"P2\n11 7\n100\n" + numbers.encode(), colour="gray")
    bits = "".join(str(int(v < 128)) for v in gray.tobytes())
    black_white = gray.point(lambda v: 0 if v < 128 else 255).convert("RGB")
    keep("plain.pbm", b"P1\n#c\n11 7\n" + bits.encode(), black_white, colour="gray", bits=1)
    keep("binary_6.ppm", b"P6 11 7 6\n" + bytes(v % 7 for v in lcg(231, 3)))
    wide = np.frombuffer(lcg(2 * 231, 8), ">u2") % 50000
    keep("binary_49999.ppm", b"P6 11\t7\r\n49999\n" + wide.astype(">u2").tobytes(), bits=16)
    grown = np.round(np.frombuffer(lcg(2 * 77, 8), ">u2") / 65535 * 255).astype(np.uint8).reshape(7, 11)
    keep("binary_16.pgm", b"P5\n11 7\n65535\n" + lcg(2 * 77, 8), Image.fromarray(grown).convert("RGB"),
         colour="gray", bits=16)


def fnv(data):
    """FNV-1a, 64 bits, in hexadecimal: enough where results shall be equal to the bit."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return format(value, "016x")


def resized(image, width, height):
    """Each axis on its own: BOX where it shrinks, BICUBIC where it grows; rows first."""
    across = Image.BOX if width < image.size[0] else Image.BICUBIC
    down = Image.BOX if height < image.size[1] else Image.BICUBIC
    return image.resize((width, image.size[1]), across).resize((width, height), down)


def resize():
    cases = [
        (17, 13, 5, 7), (17, 13, 16, 12), (17, 13, 17, 5), (17, 13, 5, 13), (16, 12, 8, 6), (16, 12, 4, 3),
        (30, 30, 10, 10), (30, 30, 10, 15), (17, 13, 23, 29), (17, 13, 34, 26), (17, 13, 34, 5), (17, 13, 5, 26),
        (1, 1, 3, 2), (3, 2, 1, 1), (100, 1, 33, 1), (1, 100, 1, 33), (3, 3, 64, 64), (65, 63, 64, 64),
    ]
    for seed, (width, height, to_width, to_height) in enumerate(cases):
        out = resized(noise(width, height, seed), to_width, to_height)
        name = f"resize_{width}x{height}_{to_width}x{to_height}.rgb"
        with open(name, "wb") as file:
            file.write(out.tobytes())
        MANIFEST["resize"].append({"from": [width, height], "to": [to_width, to_height], "seed": seed, "file": name})
    cases = [
        (256, 256, 128, 128), (256, 256, 64, 64), (178, 218, 128, 128), (178, 218, 64, 64), (89, 109, 128, 128),
        (89, 109, 64, 64), (1024, 64, 128, 8), (512, 48, 128, 12), (512, 48, 256, 24), (92, 112, 128, 128),
        (384, 48, 128, 16), (320, 428, 128, 128), (1000, 75, 128, 64), (257, 255, 128, 128), (64, 64, 256, 256),
    ]
    for seed, (width, height, to_width, to_height) in enumerate(cases):
        out = resized(noise(width, height, 100 + seed), to_width, to_height)
        MANIFEST["resize"].append({
            "from": [width, height], "to": [to_width, to_height], "seed": 100 + seed, "fnv": fnv(out.tobytes())})


def enlarge():
    """Float planes by Pillow's mode F: 1.2 b / 255 - 0.0973 of the generator's bytes:
    some lie outside 0...1, none half-way between two code values."""
    for seed, (side, size) in enumerate([(20, 20), (20, 40), (20, 80), (20, 50), (20, 21), (3, 64)]):
        values = np.frombuffer(lcg(3 * side * side, 50 + seed), np.uint8).reshape(side, side, 3)
        values = (values.astype(np.float32) * np.float32(1.2) / np.float32(255) - np.float32(0.0973)).astype(np.float32)
        planes = [np.asarray(Image.fromarray(np.ascontiguousarray(values[:, :, c])).resize((size, size), Image.BICUBIC))
                  for c in range(3)]
        exact = np.clip(np.stack(planes, -1).astype(np.float64), 0, 1) * 255
        name = f"enlarge_{side}_{size}.rgb"
        with open(name, "wb") as file:
            file.write(np.floor(exact + 0.5).astype(np.uint8).tobytes())
        MANIFEST["enlarge"].append({"side": side, "size": size, "seed": 50 + seed, "file": name})


warnings.simplefilter("ignore")
jpeg()
png()
webp()
bmp()
pnm()
resize()
enlarge()
with open("manifest.json", "w") as out:
    json.dump(MANIFEST, out, indent=1)
    out.write("\n")
