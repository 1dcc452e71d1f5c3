"""Numbers and texts made small enough to stand inside a page: deflate, then base64.

A browser undoes both with what it has built in, so a page needs no library to read itself.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass

import numpy as np

from qualify.core.overview import Overview

FINE = 500_000
"""Up to so many squares a value keeps 16 bits, beyond 8: more than a sparkline shows."""
_LEVEL = 9


@dataclass(frozen=True)
class Quantised:
    """Values as whole numbers between a row's lowest (1) and highest; 0 where there is none.

    `data` holds rows × builds codes of one byte, or all high bytes before all low ones.
    """

    data: bytes
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    top: int


def packed(data: bytes) -> str:
    """Deflate and write as base64."""
    return base64.b64encode(zlib.compress(data, _LEVEL)).decode("ascii")


def unpacked(text: str) -> bytes:
    """Undo `packed`."""
    return zlib.decompress(base64.b64decode(text))


def packed_json(value: object) -> str:
    """Pack a JSON value; NaN has no place in one."""
    return packed(dumped(value).encode())


def dumped(value: object) -> str:
    """Write JSON without spaces; raises ValueError for NaN."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def quantised(overview: Overview) -> Quantised:
    """The rows' values, each row between its own lowest and highest."""
    shape = (len(overview.rows), len(overview.builds))
    values = np.frombuffer(overview.values, dtype=np.float32).astype(np.float64)
    values = values.reshape(shape) if values.size else np.full(shape, np.nan)
    known = np.isfinite(values)
    low = np.where(known, values, np.inf).min(axis=1, initial=np.inf)
    high = np.where(known, values, -np.inf).max(axis=1, initial=-np.inf)
    fine = values.size <= FINE
    top = 65_535 if fine else 255
    span = np.where(high > low, high - low, 1.0)[:, None]
    part = (np.where(known, values, 0.0) - np.where(np.isfinite(low), low, 0.0)[:, None]) / span
    codes = np.where(known, 1 + np.round(part * (top - 1)), 0).astype(np.uint16)
    small = codes.astype(np.uint8).tobytes()
    data = (codes >> 8).astype(np.uint8).tobytes() + small if fine else small
    return Quantised(data, _numbers(low), _numbers(high), top)


def _numbers(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float | None, ...]:
    return tuple(float(f"{v:.7g}") if np.isfinite(v) else None for v in values)
