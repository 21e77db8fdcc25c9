"""The sine of JavaScript engines, bit for bit: that of the C library differs from it in the last bit of
3 numbers in 100.
"""

from __future__ import annotations

import math
import struct

# polynomials and parts of pi/2 are those of fdlibm 5.3 (k_sin.c, k_cos.c, e_rem_pio2.c)
_S1 = -1.66666666666666324348e-01
_SINE = (1.58969099521155010221e-10, -2.50507602534068634195e-08, 2.75573137070700676789e-06,
         -1.98412698298579493134e-04, 8.33333333332248946124e-03)  # fmt: skip
_COSINE = (-1.13596475577881948265e-11, 2.08757232129817482790e-09, -2.75573143513906633035e-07,
           2.48015872894767294178e-05, -1.38888888888741095749e-03, 4.16666666666666019037e-02)  # fmt: skip
_TWO_OVER_PI = 6.36619772367581382433e-01
_HALF_PI = (1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624871116645580e-21)
_TAILS = (6.07710050650619224932e-11, 2.02226624879595063154e-21, 8.47842766036889956997e-32)
_LOST_BITS = (16, 49)


def fdlibm_sin(x: float) -> float:
    """Sine of `x` radians; beyond 800,000 the C library's."""
    if not abs(x) < 8e5:
        return math.sin(x)
    quarter, head, tail = _reduce(x)
    value = _cosine(head, tail) if quarter & 1 else _sine(head, tail)
    return -value if quarter & 2 else value


def _reduce(x: float) -> tuple[int, float, float]:
    """`x` less the nearest multiple of pi/2, in two parts, and which multiple."""
    high = _high(x) & 0x7FFFFFFF
    if high <= 0x3FE921FB:
        return 0, x, 0.0
    magnitude = abs(x)
    near_one = high < 0x4002D97C
    n = 1 if near_one else int(magnitude * _TWO_OVER_PI + 0.5)
    rest = magnitude - n * _HALF_PI[0]
    correction = n * _TAILS[0]
    head = rest - correction
    cancels = high == _high(n * math.pi / 2) if n < 32 else True
    if cancels:
        for place, bits in enumerate(_LOST_BITS, 1):
            if not near_one and (high >> 20) - ((_high(head) >> 20) & 0x7FF) <= bits:
                break
            before, part = rest, n * _HALF_PI[place]
            rest = before - part
            correction = n * _TAILS[place] - ((before - rest) - part)
            head = rest - correction
            if near_one:
                break
    tail = (rest - head) - correction
    return (n, head, tail) if x > 0 else (-n, -head, -tail)


def _sine(x: float, tail: float) -> float:
    if _high(x) & 0x7FFFFFFF < 0x3E400000:
        return x
    z = x * x
    v = z * x
    r = _polynomial(z, _SINE)
    if tail == 0.0:
        return x + v * (_S1 + z * r)
    return x - ((z * (0.5 * tail - v * r) - tail) - v * _S1)


def _cosine(x: float, tail: float) -> float:
    high = _high(x) & 0x7FFFFFFF
    if high < 0x3E400000:
        return 1.0
    z = x * x
    r = z * _polynomial(z, _COSINE)
    if high < 0x3FD33333:
        return 1.0 - (0.5 * z - (z * r - x * tail))
    part = 0.28125 if high > 0x3FE90000 else struct.unpack("<d", struct.pack("<II", 0, high - 0x00200000))[0]
    return (1.0 - part) - ((0.5 * z - part) - (z * r - x * tail))


def _polynomial(z: float, coefficients: tuple[float, ...]) -> float:
    value = coefficients[0]
    for coefficient in coefficients[1:]:
        value = coefficient + z * value
    return value


def _high(x: float) -> int:
    return struct.unpack("<I", struct.pack("<d", x)[4:])[0]
