"""Small vectors of numbers for the wire, as numpy arrays or, without numpy, as memoryviews."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

from .dtypes import numpy


def u32(values: Iterable[int]) -> Any:
    if numpy is not None:
        return numpy.array(values if hasattr(values, "__len__") else list(values), numpy.uint32)
    return memoryview(array("I", values))


def i32(values: Iterable[int]) -> Any:
    if numpy is not None:
        return numpy.array(values if hasattr(values, "__len__") else list(values), numpy.int32)
    return memoryview(array("i", values))


def bools(values: Iterable[Any]) -> Any:
    """`[n]` bool."""
    if numpy is not None:
        return numpy.array(values if hasattr(values, "__len__") else list(values), numpy.bool_)
    return memoryview(bytes(bool(value) for value in values)).cast("?")


def u8(data: bytes) -> Any:
    """Views bytes as `[len]` u8."""
    if numpy is not None:
        return numpy.frombuffer(data, numpy.uint8)
    return memoryview(data).cast("B")


def zeros(count: int, like: Any = None) -> Any:
    """`[count]` zeros, f64 or of the dtype of `like`."""
    if numpy is not None:
        return numpy.zeros(count, numpy.float64 if like is None else like.dtype)
    return memoryview(array("d" if like is None else like.format, [0] * count))


def copied(array: Any) -> Any:
    """The same numbers in memory of their own."""
    if numpy is not None:
        return numpy.array(array)
    return memoryview(bytearray(array.tobytes())).cast(array.format, array.shape)


def add(left: Any, right: Any) -> Any:
    """Element by element."""
    if numpy is not None:
        return left + right
    return memoryview(array(left.format, (a + b for a, b in zip(left, right, strict=True))))
