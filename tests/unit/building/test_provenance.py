from __future__ import annotations

import platform

from qualify import __version__
from qualify.building.provenance import cpu_model, provenance
from qualify.core.candidate import Source


def test_provenance_says_where_a_build_comes_from():
    """Source, commit, digest, machine, harness and time are in one row."""
    source = Source("git", "git+https://h/r@v1", "abc", "/x", commit="abc")
    row = provenance(source, "00ff", "2024-05-01T00:00:00Z")
    assert (row.source, row.kind, row.commit, row.sha256) == (source.spec, "git", "abc", "00ff")
    assert (row.harness, row.time) == (__version__, "2024-05-01T00:00:00Z")
    assert row.python == platform.python_version()
    assert row.cpu


def test_the_processor_is_named_where_the_machine_tells(tmp_path):
    """The model's name is read; without one the architecture serves."""
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: A: fast one\n")
    assert cpu_model(tmp_path / "cpuinfo") == "A: fast one"
    assert cpu_model(tmp_path / "none") in {platform.processor(), platform.machine()}
