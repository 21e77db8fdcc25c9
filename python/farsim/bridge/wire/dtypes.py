"""Element types on the wire, and arrays of them: numpy's where numpy is there, else memoryviews with a
shape.
"""

from __future__ import annotations

import math
import struct
from typing import Any

from .message_fields import ENUMS

try:
    import numpy
except ImportError:
    numpy = None

CODES: dict[str, int] = ENUMS["Dtype"]
NAMES: dict[int, str] = {code: name for name, code in CODES.items()}
ITEM_SIZES: dict[int, int] = {
    CODES[name]: size
    for name, size in {
        "f16": 2, "f32": 4, "f64": 8, "i8": 1, "i16": 2, "i32": 4, "i64": 8,
        "u8": 1, "u16": 2, "u32": 4, "bool": 1,
    }.items()
}  # fmt: skip
FLOATS = frozenset({CODES["f16"], CODES["f32"], CODES["f64"]})
FORMATS = {
    "f32": "f",
    "f64": "d",
    "i8": "b",
    "i16": "h",
    "i32": "i",
    "i64": "q",
    "u8": "B",
    "u16": "H",
    "u32": "I",
    "bool": "?",
}
_FORMAT_OF_CODE = {CODES[name]: letter for name, letter in FORMATS.items()} | {CODES["f16"]: "H"}
_CODE_OF_FORMAT = {letter: CODES[name] for name, letter in FORMATS.items()} | {
    "e": CODES["f16"],
    "l": CODES["i64"] if struct.calcsize("l") == 8 else CODES["i32"],
}
if struct.calcsize("L") == 4:
    _CODE_OF_FORMAT["L"] = CODES["u32"]
if numpy is not None:
    _NUMPY_OF_CODE = {
        CODES[name]: numpy.dtype(spelled)
        for name, spelled in {
            "f16": "f2", "f32": "f4", "f64": "f8", "i8": "i1", "i16": "i2", "i32": "i4", "i64": "i8",
            "u8": "u1",
            "u16": "u2", "u32": "u4", "bool": "?",
        }.items()
    }  # fmt: skip
    _CODE_OF_NUMPY = {dtype: code for code, dtype in _NUMPY_OF_CODE.items()}


def numpy_dtype(code: int) -> Any:
    """numpy's dtype of a wire code; numpy must be there."""
    return _NUMPY_OF_CODE[code]


def dtype_code(array: Any) -> int:
    """The wire code of an array's elements. Raises TypeError for types that the wire has not (u64, complex,
    strings).
    """
    if numpy is not None and isinstance(array, numpy.ndarray):
        code = _CODE_OF_NUMPY.get(array.dtype)
        if code is None:
            raise TypeError(f"arrays of {array.dtype} cannot be sent")
        return code
    code = _CODE_OF_FORMAT.get(array.format)
    if code is None:
        raise TypeError(f"arrays of format '{array.format}' cannot be sent")
    return code


def as_array(value: Any) -> Any:
    """A C-ordered array of what an adapter gave: numpy array, memoryview or anything with the buffer
    protocol, number, list.

    Does not copy what is an array in C order already. Without numpy, lists of numbers, nested to any depth,
    become f64 (or i64, bool) arrays.
    """
    if numpy is not None:
        if type(value) is numpy.ndarray and value.flags.c_contiguous:
            return value
        array = numpy.asarray(value)
        return array if array.flags.c_contiguous else numpy.ascontiguousarray(array)
    if isinstance(value, memoryview):
        return value
    if isinstance(value, (bool, int, float)):
        return _vector([value], ())
    if isinstance(value, (list, tuple)):
        return _vector(*_flattened(value))
    return memoryview(value)


def _flattened(nested: Any) -> tuple[list[Any], tuple[int, ...]]:
    shape: list[int] = []
    items = list(nested)
    while True:
        shape.append(len(items) if not shape else len(items) // math.prod(shape))
        if not items or not isinstance(items[0], (list, tuple)):
            return items, tuple(shape)
        if any(len(item) != len(items[0]) for item in items):
            raise TypeError("a nested list must have rows of one length")
        items = [element for item in items for element in item]


def _vector(items: list[Any], shape: tuple[int, ...]) -> memoryview:
    if items and all(isinstance(item, bool) for item in items):
        letter = "?"
    elif items and all(isinstance(item, int) for item in items):
        letter = "q"
    else:
        letter = "d"
    packed = struct.pack(f"{len(items)}{letter}", *items)
    return memoryview(packed).cast(letter, shape=shape) if items else memoryview(packed).cast(letter)


def view(code: int, shape: tuple[int, ...], buffer: Any, offset: int, byte_length: int) -> Any:
    """Views bytes of a received frame as an array, without a copy. The array is read-only or shares the
    frame.
    """
    if numpy is not None:
        count = byte_length // ITEM_SIZES[code]
        array = numpy.frombuffer(buffer, _NUMPY_OF_CODE[code], count, offset)
        return array if len(shape) == 1 else array.reshape(shape)
    part = memoryview(buffer)[offset : offset + byte_length].cast("B").cast(_FORMAT_OF_CODE[code])
    return (
        part
        if len(shape) == 1 or byte_length == 0
        else part.cast("B").cast(_FORMAT_OF_CODE[code], shape=shape)
    )


def flat(array: Any) -> Any:
    """The elements in C order as a one-dimensional sequence, without a copy."""
    if numpy is not None and isinstance(array, numpy.ndarray):
        return array.reshape(-1)
    return array if array.ndim == 1 else array.cast("B").cast(array.format)


def copy_array(array: Any) -> Any:
    """The same array in memory of its own."""
    if numpy is not None:
        return numpy.array(array)
    return memoryview(bytes(array)).cast(array.format, shape=array.shape) if array.nbytes else array


def all_finite(array: Any, code: int) -> bool:
    """False when a float array holds NaN or infinity."""
    if code not in FLOATS:
        return True
    if numpy is not None and isinstance(array, numpy.ndarray):
        # of a few numbers, half of what numpy's `all` takes
        return b"\0" not in numpy.isfinite(array).tobytes()
    if code == CODES["f16"]:
        return all((bits & 0x7C00) != 0x7C00 for bits in flat(array))
    return all(map(math.isfinite, flat(array)))


def element_count(shape: tuple[int, ...]) -> int:
    """Number of elements of a shape; 1 for a scalar."""
    return math.prod(shape)
