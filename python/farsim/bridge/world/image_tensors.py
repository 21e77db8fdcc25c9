"""Pictures under their wire names: raw ones stacked, encoded ones a tensor each."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from ..errors import FarsimError
from ..wire.dtypes import as_array
from ..wire.layouts import NamedArray
from ..wire.named_tree import escape
from ..wire.number_rows import u8

RAW, JPEG, PNG = range(3)
ENCODINGS = {"raw": RAW, "jpeg": JPEG, "png": PNG}


def image_arrays(images: dict[str, Any], encoding: int) -> list[NamedArray]:
    """`images`: `[n, height, width, 3]` u8 by camera. Raises UNSUPPORTED for jpeg without Pillow."""
    named = []
    for camera in sorted(images):
        stack = as_array(images[camera])
        name = f"image/{escape(camera)}"
        if encoding == RAW:
            named.append(NamedArray(name, stack, True))
            continue
        height, width = stack.shape[1:3]
        size = height * width * 3
        pixels = memoryview(stack).cast("B")
        suffix, encode = ("jpeg", encode_jpeg) if encoding == JPEG else ("png", encode_png)
        for row in range(stack.shape[0]):
            data = encode(pixels[row * size : (row + 1) * size], width, height)
            named.append(NamedArray(f"{name}/{suffix}/{row}", u8(data), True))
    return named


def encode_png(pixels: memoryview, width: int, height: int) -> bytes:
    """8-bit RGB, filter none, level 1."""
    stride = width * 3
    rows = b"".join(b"\0" + bytes(pixels[y * stride : (y + 1) * stride]) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 1))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode_jpeg(pixels: memoryview, width: int, height: int) -> bytes:
    try:
        from PIL import Image
    except ImportError:
        raise FarsimError(
            "UNSUPPORTED",
            "jpeg needs the package Pillow on the far side",
            ["ask for png or raw images, or install pillow"],
        ) from None
    import io

    out = io.BytesIO()
    Image.frombuffer("RGB", (width, height), bytes(pixels), "raw", "RGB", 0, 1).save(out, "JPEG", quality=90)
    return out.getvalue()
