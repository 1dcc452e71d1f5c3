"""Files: what a fit leaves where it runs, and whether a saved model is whole."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FITS = False
_TRIED = 12
"""Files of a saved model that are taken away one at a time, the largest first."""


def left_where_it_ran(bench: Any) -> list[str]:
    """The files that a fit leaves in its working directory."""
    with _desk(bench, "desk") as desk:
        bench.predict(_fit(bench))
        return _files(desk)


def left_again(bench: Any) -> list[list[str]]:
    """The kinds of files that two equal fits leave, and that saving them gives."""
    return [_kinds(bench, name) for name in ("first", "second")]


def left_temporary(bench: Any) -> list[str]:
    """What a fit leaves in the folder for temporary files."""
    folder = bench.folder / "temporary"
    folder.mkdir()
    before = os.environ.get("TMPDIR", str(bench.folder))
    _temporary_files_in(folder)
    try:
        with _desk(bench, "beside"):
            bench.predict(_fit(bench))
    finally:
        _temporary_files_in(before)
    gc.collect()
    return _files(folder)


def whole(bench: Any) -> float:
    """A saved model predicts from its folder alone: moved, and with all else of the fit gone."""
    with _desk(bench, "workshop") as desk:
        model = _fit(bench)
        wanted = bench.predict(model)
        saved = _saved(bench, model, "saved")
        del model
        os.chdir(bench.folder)
        shutil.rmtree(desk)
        moved = saved.rename(bench.folder / "moved")
        return bench.tools.distance(bench.predict(bench.adapter.load(moved)), wanted)


def damaged(bench: Any) -> dict[str, str]:
    """What a saved model does without one of its files, and with half of it."""
    model = _fit(bench)
    wanted, saved = bench.predict(model), _saved(bench, model, "complete")
    sizes = {path: path.stat().st_size for path in saved.rglob("*") if path.is_file()}
    largest = sorted(sizes, key=lambda path: (-sizes[path], str(path)))[:_TRIED]
    return {
        f"{how} of {path.relative_to(saved)}": _compared(
            lambda path=path, how=how: _of_damaged(bench, saved, path, how), wanted, bench.tools
        )
        for path in largest
        for how in ("nothing", "half")
        if how == "nothing" or sizes[path] > 1
    }


def _compared(predict: Callable[[], list[Any]], wanted: list[Any], tools: Any) -> str:
    """`refused`, `same` or `other`: what is predicted, beside what was wanted."""
    try:
        found = predict()
    except Exception:  # noqa: BLE001  (any error refuses)
        return "refused"
    return "same" if tools.distance(found, wanted) < 1e-9 else "other"


def _of_damaged(bench: Any, saved: Path, path: Path, how: str) -> list[Any]:
    """Predictions of a saved model with nothing or half of one of its files."""
    copy = bench.folder / "damaged"
    shutil.copytree(saved, copy)
    target = copy / path.relative_to(saved)
    data = target.read_bytes()
    target.unlink()
    if how == "half":
        target.write_bytes(data[: len(data) // 2])
    try:
        return list(bench.predict(bench.adapter.load(copy)))
    finally:
        shutil.rmtree(copy)


def _temporary_files_in(folder: Path | str) -> None:
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None


def _kinds(bench: Any, name: str) -> list[str]:
    with _desk(bench, f"desk-{name}") as desk:
        model = _fit(bench)
        # The names that temporary folders get are random.
        left = [re.sub(r"^[^/]*/", "*/", path) for path in _files(desk)]
        return left + [f"saved/{path}" for path in _files(_saved(bench, model, name))]


def _saved(bench: Any, model: Any, name: str) -> Path:
    folder: Path = bench.folder / name
    folder.mkdir()
    bench.adapter.save(model, folder)
    return folder


def _files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@contextlib.contextmanager
def _desk(bench: Any, name: str) -> Iterator[Path]:
    """Work in an empty folder."""
    before = Path.cwd()
    desk = bench.folder / name
    desk.mkdir()
    os.chdir(desk)
    try:
        yield desk
    finally:
        os.chdir(before)


def _fit(bench: Any, **settings: Any) -> Any:
    """Fit one family, where the package can be limited to one: there are many fits."""
    return bench.fit(**{**bench.one_family, **settings})
