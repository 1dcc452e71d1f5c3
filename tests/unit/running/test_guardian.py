from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from qualify.core.canary import Limits
from qualify.running.guardian import Exit, child_environment, run_guarded

PATIENCE_S = 60
SHORT = Limits(wall_s=0.5)
LONG = Limits(wall_s=120)

GRANDCHILD = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                         start_new_session=True)
pathlib.Path("pid").write_text(str(child.pid))
time.sleep({seconds})
"""
HOLDS_THE_GIL = """
import ctypes
libc = ctypes.PyDLL(None)
mutex = ctypes.create_string_buffer(128)
libc.pthread_mutex_lock(mutex)
libc.pthread_mutex_lock(mutex)
"""


def guarded(folder: Path, code: str, limits: Limits, **variables: str) -> Exit:
    given = {**child_environment(folder, 1), **variables}
    command = [sys.executable, "-c", code]
    return run_guarded(command, given, folder, folder / "log.txt", limits)


def gone(pid: int) -> bool:
    """Whether a process is no more, waiting for the kernel as long as it takes."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_the_exit_code_and_the_log(tmp_path):
    """A child that ends by itself gives its code, and both streams are in its log."""
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    ended = guarded(tmp_path, code, LONG)
    assert (ended.code, ended.killed) == (3, "")
    assert (tmp_path / "log.txt").read_text().split() == ["out", "err"]


def test_the_wall_limit(tmp_path):
    """A child that outlives its wall-clock limit is killed and that is said."""
    ended = guarded(tmp_path, "import time; time.sleep(600)", SHORT)
    assert (ended.code, ended.killed) == (-9, "timeout")
    assert ended.wall_s >= SHORT.wall_s


def test_the_wall_limit_takes_the_whole_tree(tmp_path):
    """A grandchild in a session of its own does not survive the limit."""
    ended = guarded(tmp_path, GRANDCHILD.format(seconds=600), Limits(wall_s=3))
    assert ended.killed == "timeout"
    assert gone(int((tmp_path / "pid").read_text()))


def test_what_a_child_leaves_in_its_group_is_killed(tmp_path):
    """A child that ends in order leaves no process of its group behind."""
    code = GRANDCHILD.format(seconds=0).replace("start_new_session=True", "")
    assert guarded(tmp_path, code, LONG).killed == ""
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_child_that_ignores_signals_is_killed(tmp_path):
    """Handlers for SIGTERM and SIGINT prevent nothing."""
    code = "import signal, time; signal.signal(15, lambda *_: 0); signal.signal(2, lambda *_: 0)"
    assert guarded(tmp_path, f"{code}; time.sleep(600)", SHORT).killed == "timeout"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a mutex of glibc")
def test_a_child_that_holds_the_interpreter_is_killed(tmp_path):
    """A deadlock in C that never gives the interpreter back ends at the limit."""
    assert guarded(tmp_path, HOLDS_THE_GIL, Limits(wall_s=2)).killed == "timeout"


def test_the_memory_limit(tmp_path):
    """A child whose tree uses more memory than allowed is killed and that is said."""
    code = "import time; b = bytearray(300_000_000); time.sleep(600)"
    ended = guarded(tmp_path, code, Limits(wall_s=120, memory_mb=200))
    assert (ended.code, ended.killed) == (-9, "memory")
    assert ended.peak_rss_mb > 200


def test_memory_is_that_of_the_tree(tmp_path):
    """Memory that a grandchild takes counts for the child."""
    hungry = "import time; b = bytearray(300_000_000); time.sleep(600)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hungry!r}])"
    assert guarded(tmp_path, code, Limits(wall_s=120, memory_mb=200)).killed == "memory"


def test_cpu_seconds_are_measured(tmp_path):
    """CPU seconds are what was computed, also by a grandchild, and not what was slept."""
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    code = f"import subprocess, sys, time\n{burn}\ntime.sleep(0.3)\n"
    code += f"subprocess.run([sys.executable, '-c', {burn!r}])"
    ended = guarded(tmp_path, code, LONG)
    assert ended.cpu_s >= 0.8
    assert ended.wall_s >= 0.3


def test_a_death_by_signal_is_a_negative_code(tmp_path):
    """A child that a signal ends is told from one that the guardian killed."""
    ended = guarded(tmp_path, "import os; os.kill(os.getpid(), 11)", LONG)
    assert (ended.code, ended.killed) == (-11, "")


def test_a_command_that_is_not_there(tmp_path):
    """What cannot be started raises, for the runner to be blamed."""
    with pytest.raises(OSError, match="nothing-like-it"):
        run_guarded(["nothing-like-it"], {}, tmp_path, tmp_path / "log", LONG)


def test_no_token_passes(tmp_path, monkeypatch):
    """Of the harness's variables a training sees those on a short list and nothing else."""
    for name in ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PIP_INDEX_URL", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret")
    guarded(tmp_path, "import os; print(*os.environ.items(), sep='\\n')", LONG)
    assert "secret" not in (tmp_path / "log.txt").read_text()


def test_a_training_has_a_home_and_threads_of_its_own(tmp_path):
    """Home and scratch are the attempt's folder, threads are pinned and hashes fixed."""
    given = child_environment(tmp_path, 2)
    assert given["HOME"] == given["TMPDIR"] == str(tmp_path)
    assert given["OMP_NUM_THREADS"] == given["OPENBLAS_NUM_THREADS"] == "2"
    assert given["PYTHONHASHSEED"] == "0"
    assert given["PATH"] == os.environ["PATH"]


def test_standard_input_is_empty(tmp_path):
    """A training that asks for input gets an end of file, not the user's terminal."""
    assert guarded(tmp_path, "import sys; sys.exit(len(sys.stdin.read()))", LONG).code == 0
