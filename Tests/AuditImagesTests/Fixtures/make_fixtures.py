"""Makes the files of this folder: tiny synthetic pictures and the pixels that Pillow reads from them.

Run with Pillow (made with 13.0), NumPy and libjpeg-turbo's jpegtran (2.1.5, for arithmetic coding):
python3 make_fixtures.py
Pictures come from formulas, so that nothing here shows a person. `manifest.json` lists each file with its
facts; beside `NAME` stands `NAME.rgb`, the expected R G B bytes.
"""

import io
import json
import struct
import subprocess
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps

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


def as_shown(data):
    """The picture as Pillow shows it, turned as its header says."""
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def segment(kind, data):
    """A JPEG segment."""
    return bytes([0xFF, kind]) + struct.pack(">H", len(data) + 2) + data


def packet(text):
    return ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>' + text + "</rdf:RDF></x:xmpmeta>").encode()


def exif_of(value):
    """EXIF without its prefix that says how to turn the picture."""
    exif = Image.Exif()
    exif[0x010E] = "a description"
    if value:
        exif[0x0112] = value
    return exif.tobytes()[6:]


ATTRIBUTE = packet('<rdf:Description tiff:Orientation="6"/>')
ELEMENT = packet("<rdf:Description><tiff:Orientation>8</tiff:Orientation></rdf:Description>")


def xmp():
    """Orientations in XMP, and in the texts that older writers of PNG keep EXIF in."""
    picture = scene(23, 17)
    stored = saved(picture, "JPEG", quality=85)
    mark = b"http://ns.adobe.com/xap/1.0/\0"

    def jpeg_with(name, *segments, value):
        data = stored[:2] + b"".join(segments) + stored[2:]
        keep(name, data, as_shown(data), orientation=value)

    jpeg_with("xmp_attribute.jpg", segment(0xE1, mark + ATTRIBUTE), value=6)
    jpeg_with("xmp_element.jpg", segment(0xE1, mark + ELEMENT), value=8)
    jpeg_with("xmp_behind_exif.jpg", segment(0xE1, b"Exif\0\0" + exif_of(3)), segment(0xE1, mark + ELEMENT), value=3)
    jpeg_with("xmp_beside_exif.jpg", segment(0xE1, mark + ELEMENT), segment(0xE1, b"Exif\0\0" + exif_of(None)),
              value=8)
    pixels = np.asarray(picture)

    def png_with(name, chunks, value):
        data = png_of(pixels, 8, 2, before=chunks)
        keep(name, data, as_shown(data), orientation=value)

    png_with("xmp_attribute.png", chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + ATTRIBUTE), 6)
    png_with("xmp_element_packed.png",
             chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0XMP\0" + zlib.compress(ELEMENT)), 8)
    profile = b"\nexif\n%8d\n" % (6 + len(exif_of(5)))
    digits = (b"Exif\0\0" + exif_of(5)).hex().encode()
    profile += b"\n".join(digits[i:i + 72] for i in range(0, len(digits), 72)) + b"\n"
    png_with("profile.png", chunk(b"tEXt", b"Raw profile type exif\0" + profile), 5)
    png_with("profile_packed.png", chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile)), 5)
    for name, text, value in (("xmp_attribute.webp", ATTRIBUTE, 6), ("xmp_element.webp", ELEMENT, 8)):
        data = saved(picture, "WEBP", lossless=True, xmp=text)
        keep(name, data, as_shown(data), orientation=value)


def arithmetic():
    """Arithmetic coding comes from jpegtran, which keeps every coefficient: pixels equal those of the file it got."""
    picture = scene(45, 35)
    for name, options in (("arithmetic.jpg", {}), ("arithmetic_progressive.jpg", {"progressive": True})):
        coded = saved(picture, "JPEG", quality=85, **options)
        command = ["jpegtran", "-arithmetic"] + (["-progressive"] if options else [])
        data = subprocess.run(command, input=coded, stdout=subprocess.PIPE, check=True).stdout
        keep(name, data, Image.open(io.BytesIO(coded)).convert("RGB"))


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


def runs(rows, bits):
    """Run-length coding of a BMP: runs where values repeat, else copies, an end behind each row and the picture."""
    out = bytearray()

    def run(values, count):
        pair = values if bits == 4 else values[:1] * 2
        return bytes([count, pair[0] << 4 | pair[1] if bits == 4 else pair[0]])

    for row in rows:
        x = 0
        while x < len(row):
            count = 1
            while x + count < len(row) and count < 255 and row[x + count] == row[x + count % (2 if bits == 4 else 1)]:
                count += 1
            if count > 2 or len(row) - x < 3:
                out += run([row[x], row[x + 1] if count > 1 else 0], count)
            else:
                count = min(len(row) - x, 7)
                values = list(row[x:x + count])
                out += bytes([0, count])
                if bits == 4:
                    values += [0] * (count % 2)
                    values = [values[i] << 4 | values[i + 1] for i in range(0, len(values), 2)]
                out += bytes(values) + b"\0" * (len(values) % 2)
            x += count
        out += b"\0\0"
    return bytes(out[:-2] + b"\0\1")


def bmp_runs():
    index = (np.frombuffer(lcg(17 * 23, 4), np.uint8).reshape(17, 23) >> 6).astype(int)
    index[3:9, 2:20] = 2
    colours = b"".join(bytes([b, 255 - b, 3 * b % 256, 0]) for b in range(0, 256, 16))
    table = np.frombuffer(colours, np.uint8).reshape(-1, 4)[:, [2, 1, 0]]
    shown = Image.fromarray(table[index][::-1].copy())
    for bits, compression in ((8, 1), (4, 2)):
        data = bmp_file(23, 17, bits, runs(index.tolist(), bits), compression, extra=colours + b"\0" * 960 * (bits == 8))
        keep(f"runs_{bits}.bmp", data, shown, colour="palette", bits=bits)
        assert Image.open(io.BytesIO(data)).convert("RGB").tobytes() == shown.tobytes(), bits
    # A step over pixels that keep the first colour, and a row that ends before its last pixel.
    moves = bytes([3, 2, 0, 2, 4, 2, 2, 5, 0, 0, 9, 1, 0, 0, 4, 4, 0, 0, 9, 7, 0, 1])
    data = bmp_file(9, 6, 8, moves, 1, extra=colours + b"\0" * 960)
    keep("runs_with_steps.bmp", data, colour="palette")
    # The offset of the pixels is that of the palette, or is missing.
    packed_rows = b"".join(packed(row, 4) for row in index)
    whole = bmp_file(23, 17, 4, packed_rows, extra=colours)
    for name, offset in (("forgets_palette.bmp", 54), ("forgets_offset.bmp", 0)):
        data = whole[:10] + struct.pack("<I", offset) + whole[14:]
        keep(name, data, shown, colour="palette", bits=4)
        assert Image.open(io.BytesIO(data)).convert("RGB").tobytes() == shown.tobytes(), name


def gif():
    picture = scene(23, 17)
    few = picture.quantize(64)
    # Frames of few colours: Pillow then keeps the tables it is given.
    keep("plain.gif", saved(few, "GIF", interlace=0), colour="palette", bits=6)
    keep("interlaced.gif", saved(few, "GIF", interlace=1), colour="palette", bits=6)
    keep("gray.gif", saved(picture.convert("L"), "GIF"), colour="palette")
    frames = [noise(23, 17, seed).quantize(16) for seed in (1, 2)]
    keep("animated.gif", saved(few, "GIF", save_all=True, append_images=frames, disposal=2), colour="palette", bits=6,
         frames=3)
    keep("transparent.gif", saved(few, "GIF", transparency=3), colour="palette", bits=6, alpha=True)
    # A frame that covers a part of the screen, and one that leaves it.
    plain = saved(few, "GIF", interlace=0)
    start = plain.index(b",\0\0\0\0")
    for name, screen, left, top in (("offset.gif", (31, 29), 5, 7), ("beyond_screen.gif", (20, 10), 2, 1)):
        data = plain[:6] + struct.pack("<HH", *screen) + plain[10:start + 1] + struct.pack("<HH", left, top)
        data += plain[start + 5:]
        keep(name, data, colour="palette", bits=6)


def tiff_file(width, height, bits, colour, parts, samples=1, compression=1, planes=1, tile=None, order="<", extra=()):
    """A TIFF made by hand: one strip or tile after another, then the directory."""
    kind = {1: "B", 3: "H", 4: "I"}
    data, offsets = b"", []
    for part in parts:
        offsets.append(8 + len(data))
        data += part + b"\0" * (len(part) % 2)
    tags = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * samples), (259, 3, [compression]),
            (262, 3, [colour]), (277, 3, [samples]), (284, 3, [planes]), *extra]
    if tile:
        tags += [(322, 3, [tile[0]]), (323, 3, [tile[1]]), (324, 4, offsets), (325, 4, [len(p) for p in parts])]
    else:
        per_plane = len(parts) // (samples if planes == 2 else 1)
        tags += [(273, 4, offsets), (278, 4, [-(-height // per_plane)]), (279, 4, [len(p) for p in parts])]
    tags.sort()
    start = 8 + len(data)
    later = start + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag, code, numbers in tags:
        packed_numbers = struct.pack(order + kind[code] * len(numbers), *numbers)
        entries += struct.pack(order + "HHI", tag, code, len(numbers))
        if len(packed_numbers) <= 4:
            entries += packed_numbers.ljust(4, b"\0")
        else:
            entries += struct.pack(order + "I", later + len(values))
            values += packed_numbers + b"\0" * (len(packed_numbers) % 2)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start)
    return head + data + struct.pack(order + "H", len(tags)) + entries + b"\0\0\0\0" + values


def tiff():
    picture = scene(23, 17)
    pixels = np.asarray(picture)
    keep("plain.tif", saved(picture, "TIFF"))
    keep("lzw.tif", saved(picture, "TIFF", compression="tiff_lzw"))
    keep("deflate.tif", saved(picture, "TIFF", compression="tiff_adobe_deflate"))
    keep("packbits.tif", saved(picture.convert("L"), "TIFF", compression="packbits"), colour="gray")
    keep("palette.tif", saved(picture.quantize(50), "TIFF", compression="tiff_lzw"), colour="palette")
    keep("bitmap.tif", saved(picture.convert("1"), "TIFF"), colour="gray", bits=1)
    with_alpha = picture.copy()
    with_alpha.putalpha(Image.frombytes("L", (23, 17), lcg(23 * 17, 9)))
    keep("rgba.tif", saved(with_alpha, "TIFF"), alpha=True)
    keep("white_is_zero.tif", tiff_file(23, 17, 8, 0, [(255 - pixels[:, :, 1]).tobytes()]),
         Image.fromarray(pixels[:, :, 1].copy()).convert("RGB"), colour="gray")
    wide = np.frombuffer(lcg(2 * 23 * 17 * 3, 21), ">u2").reshape(17, 23, 3)
    high = Image.fromarray((wide >> 8).astype(np.uint8))
    for name, order in (("rgb_16_little.tif", "<"), ("rgb_16_big.tif", ">")):
        keep(name, tiff_file(23, 17, 16, 2, [wide.astype(order + "u2").tobytes()], 3, order=order), high, bits=16)
        assert Image.open(name).convert("RGB").tobytes() == high.tobytes(), "Pillow keeps the high byte"
    gray = Image.fromarray((wide[:, :, 0] >> 8).astype(np.uint8)).convert("RGB")
    rows = [zlib.compress(wide[y:y + 5, :, 0].astype("<u2").tobytes()) for y in range(0, 17, 5)]
    keep("gray_16_strips.tif", tiff_file(23, 17, 16, 1, rows, compression=8), gray, colour="gray", bits=16)
    keep("planes.tif", tiff_file(23, 17, 8, 2, [pixels[y:y + 6, :, c].tobytes() for c in range(3)
                                               for y in range(0, 17, 6)], 3, planes=2), picture)
    padded = np.zeros((32, 32, 3), np.uint8)
    padded[:17, :23] = pixels
    tiles = [(y, x) for y in (0, 16) for x in (0, 16)]
    keep("tiles.tif", tiff_file(23, 17, 8, 2, [zlib.compress(padded[y:y + 16, x:x + 16].tobytes()) for y, x in tiles],
                                3, compression=8, tile=(16, 16)), picture)
    keep("tiles_of_planes.tif", tiff_file(23, 17, 8, 2, [padded[y:y + 16, x:x + 16, c].tobytes() for c in range(3)
                                                         for y, x in tiles], 3, planes=2, tile=(16, 16)), picture)
    for value in (2, 3, 6, 7):
        data = tiff_file(23, 17, 8, 2, [pixels.tobytes()], 3, extra=[(274, 3, [value])])
        keep(f"orientation_{value}.tif", data, as_shown(data), orientation=value)
    data = tiff_file(23, 17, 8, 2, [padded[y:y + 16, x:x + 16].tobytes() for y, x in tiles], 3, tile=(16, 16),
                     extra=[(274, 3, [5])])
    keep("orientation_5_tiles.tif", data, as_shown(data), orientation=5)
    keep("pages.tif", saved(picture, "TIFF", save_all=True, append_images=[noise(9, 9, 1)]), picture, frames=2)


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
        # So high that it is made from strips.
        (30, 5000, 450, 40), (3, 60000, 40, 1),
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
bmp_runs()
pnm()
gif()
tiff()
xmp()
arithmetic()
resize()
enlarge()
with open("manifest.json", "w") as out:
    json.dump(MANIFEST, out, indent=1)
    out.write("\n")
