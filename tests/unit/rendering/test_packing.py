import json
import math
from array import array

import pytest

from qualify.core.overview import BuildHead, Overview, RowHead
from qualify.rendering import packing
from qualify.rendering.packing import dumped, packed, packed_json, quantised, unpacked

NAN = math.nan


def overview(*rows):
    builds = tuple(BuildHead(f"B{at}", "1", "", "ship") for at in range(len(rows[0])))
    heads = tuple(RowHead(f"s/r{at}", "s", f"r{at}") for at in range(len(rows)))
    values = array("f", (value for row in rows for value in row))
    return Overview("t", builds, heads, bytes(len(values)), values)


def read(quantised_, rows):
    """What the page's script makes of it."""
    codes = list(quantised_.data)
    if quantised_.top > 255:
        half = len(codes) // 2
        codes = [high * 256 + low for high, low in zip(codes[:half], codes[half:], strict=True)]
    width = len(codes) // rows
    for row, (low, high) in enumerate(zip(quantised_.lows, quantised_.highs, strict=True)):
        for code in codes[row * width : (row + 1) * width]:
            yield low + (code - 1) / (quantised_.top - 1) * (high - low) if code else NAN


def test_what_is_packed_unpacks():
    """Any bytes come back, whatever they are, and JSON as its text."""
    assert unpacked(packed(bytes(range(256)) * 3)) == bytes(range(256)) * 3
    assert json.loads(unpacked(packed_json({"a": "ü</script>"}))) == {"a": "ü</script>"}


def test_no_json_holds_nan():
    """A number that JSON has no word for is refused, not written."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumped([NAN])


@pytest.mark.parametrize(("fine", "error"), [(1000, 1e-5), (0, 1 / 250)])
def test_values_come_back_as_close_as_a_row_spans(monkeypatch, fine, error):
    """Between a row's lowest and highest each value is kept to a step; a gap stays a gap."""
    monkeypatch.setattr(packing, "FINE", fine)
    rows = ((1.0, NAN, 3.0, 2.5), (NAN, 1e6, 1e6 + 1, 1e6 + 0.25))
    found = list(read(quantised(overview(*rows)), 2))
    for value, wanted in zip(found, (one for row in rows for one in row), strict=True):
        assert value == pytest.approx(wanted, abs=error * 2, nan_ok=True)


def test_a_row_of_one_value_or_none():
    """A row that never moves keeps its value; one without values has none."""
    found = quantised(overview((2.0, 2.0), (NAN, NAN)))
    assert found.lows == (2.0, None)
    assert list(read(quantised(overview((2.0, 2.0))), 1)) == [2.0, 2.0]
    assert found.data == bytes((0, 0, 0, 0, 1, 1, 0, 0))


def test_infinite_values_are_gaps():
    """A row is not stretched to infinity."""
    assert quantised(overview((1.0, math.inf, 2.0))).highs == (2.0,)
