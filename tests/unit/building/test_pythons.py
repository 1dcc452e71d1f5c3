from __future__ import annotations

import os
import sys
from pathlib import Path

from qualify.building.pythons import find_python, version_of

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_this_python_serves_its_own_version():
    """No search is needed for the version that runs the harness."""
    assert find_python(HERE) == Path(sys.executable)


def test_a_python_that_is_not_there_is_none():
    """A missing python is no error."""
    assert find_python("3.99") is None


def test_a_shim_that_fails_is_passed_over(tmp_path, monkeypatch):
    """An executable of the right name counts only if it runs and is that version."""
    for name, text in (
        ("bad", "#!/bin/sh\nexit 127\n"),
        ("liar", "#!/bin/sh\necho CPython 3.1.1\n"),
    ):
        shim = tmp_path / name / "python3.98"
        shim.parent.mkdir()
        shim.write_text(text)
        shim.chmod(0o755)
    good = tmp_path / "pyenv" / "versions" / "3.98.1" / "bin" / "python"
    good.parent.mkdir(parents=True)
    good.write_text("#!/bin/sh\necho CPython 3.98.1\n")
    good.chmod(0o755)
    folders = [str(tmp_path / "bad"), str(tmp_path / "liar"), os.defpath]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert find_python("3.98") == good
    assert version_of(good) == "3.98.1"
