"""Virtual environments, through uv or through venv and pip."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from qualify.building.process import Ran, run
from qualify.building.tools import Installer, blame_machine, find_uv, index_settings
from qualify.core.errors import InfrastructureError


def python_in(place: Path) -> Path:
    """The interpreter of the environment that is made in a folder."""
    return place / "venv" / "bin" / "python"


class VenvMaker:
    """Makes `place/venv` and installs into it; all output goes to `place/install.log`."""

    def __init__(self, tool: Installer, place: Path, timeout: float) -> None:
        self._tool = tool
        self._place = place
        self._timeout = timeout
        self._venv = place / "venv"

    def create(self, python: Path) -> None:
        """Make an empty environment; raises InfrastructureError where this python cannot."""
        if self._tool == "uv":
            ran = self._run([self._uv, "venv", "--no-project", "--python", python, self._venv])
        else:
            ran = self._run([python, "-I", "-m", "venv", self._venv])
        if not ran.ok:
            blame_machine(ran, self._place)
            raise InfrastructureError(
                f"{python} cannot make a virtual environment: {' '.join(ran.telling[-1:])}",
                "install its venv and ensurepip modules (python3-venv on Debian), or install uv",
            )

    def install(
        self, requirements: Sequence[str], held: Sequence[str], *, oldest: bool = False
    ) -> Ran:
        """Install, with the versions of `held` as constraints.

        `oldest` takes the lowest allowed versions of what is named; only uv can.
        """
        python = python_in(self._place)
        constraints = self._place / "constraints.txt"
        constraints.write_text("".join(f"{line}\n" for line in held))
        only: list[str | Path] = ["-c", constraints] if held else []
        if self._tool == "uv":
            command: list[str | Path] = [
                self._uv,
                "pip",
                "install",
                "--compile-bytecode",
                "--python",
                python,
            ]
            command += ["--resolution", "lowest-direct", "--only-binary", ":all:"] if oldest else []
        else:
            command = [python, "-I", "-m", "pip", "install", "--no-input"]
        return self._run([*command, *only, *requirements])

    @property
    def _uv(self) -> str:
        return str(find_uv() or "uv")

    def _run(self, command: Sequence[str | Path]) -> Ran:
        extra = index_settings(os.environ)
        return run(command, self._place / "install.log", self._timeout, extra=extra)
