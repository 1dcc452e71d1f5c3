from __future__ import annotations

import sys

import psutil

from qualify.building.process import clean, run, scrubbed


def test_only_what_package_tools_need_is_passed_on():
    """Tokens, CI variables and settings of this python stay here."""
    kept = {
        "PATH": "p",
        "HOME": "h",
        "PIP_INDEX_URL": "i",
        "https_proxy": "x",
        "SSL_CERT_FILE": "c",
    }
    left = {"GITHUB_TOKEN": "t", "CI": "1", "PYTHONPATH": "p", "UV_PUBLISH_TOKEN": "t"}
    left |= {"UV_INDEX_MINE_PASSWORD": "t", "PIP_SECRET": "s", "AWS_PROFILE": "a"}
    assert scrubbed(kept | left) == kept


def test_a_log_is_shown_without_colours_and_credentials():
    """Neither a terminal nor a reader is surprised by a line of a log."""
    assert clean("\x1b[1;31mat\x1b[0m https://me:pw@host/\x07x") == "at https://***@host/x"


def test_a_tool_runs_in_an_empty_folder(tmp_path):
    """Nothing that lies about can be imported in place of a tool's own modules."""
    ran = run([sys.executable, "-c", "import os; print(os.listdir())"], tmp_path / "log", 60)
    assert ran.ok
    assert ran.telling == ("[]",)


def test_the_telling_lines_are_the_last_that_speak_of_an_error(tmp_path):
    """Chatter is left out where there is an error, and shown where there is none."""
    code = "for n in range(50): print('line', n)\nprint('Error: %s')\nprint('bye')"
    ran = run([sys.executable, "-c", code], tmp_path / "log", 60)
    assert ran.telling == ("Error: %s",)


def test_a_tool_is_stopped_at_the_limit(tmp_path):
    """A tool that hangs has no exit code, and its log is kept."""
    code = "import time; print('begun', flush=True); time.sleep(600)"
    ran = run([sys.executable, "-c", code], tmp_path / "log", 2)
    assert ran.code is None
    assert ran.telling == ("begun",)


def test_a_log_without_end_is_stopped(tmp_path, monkeypatch):
    """A tool cannot fill the disk with its log."""
    monkeypatch.setattr("qualify.building.process._LOG_LIMIT", 10_000)
    ran = run([sys.executable, "-c", "while True: print('x' * 99)"], tmp_path / "log", 60)
    assert ran.code is None


def test_children_go_with_their_parent(tmp_path):
    """At the limit the whole process tree is killed, even a child in a session of its own."""
    code = (
        "import subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "print(subprocess.Popen(sleep, start_new_session=True).pid, flush=True)\n"
        "time.sleep(600)"
    )
    ran = run([sys.executable, "-c", code], tmp_path / "log", 5)
    pid = int(ran.text)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
