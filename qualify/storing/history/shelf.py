"""Where bundles lie: a folder, or any URL that fsspec knows. Nothing in it is ever changed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from qualify.core.errors import ConfigError, InfrastructureError
from qualify.storing.files import disk_error
from qualify.storing.history.bundle import digest_of, gone

_NAME = re.compile(r"(?P<digest>[0-9a-f]{64})\.zip")
FOLDER = "bundles"


class Shelf:
    """Bundles by their digest: `bundles/ab/abcd….zip`. Many may add at once.

    Bundles of a place that is not on this disk are kept in `cache` once they were read.
    """

    def __init__(self, url: str, cache: Path) -> None:
        self.url = url
        self.cache = cache
        try:
            self.fs, self.root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise ConfigError(
                f"{url}: {error}", "install what it needs, or name a folder"
            ) from None
        self.local = isinstance(self.fs, LocalFileSystem)

    def where(self, digest: str) -> str:
        """The path of a bundle in its file system."""
        return f"{self.root}/{FOLDER}/{digest[:2]}/{digest}.zip"

    def all(self) -> set[str]:
        """The digests of all bundles; raises InfrastructureError where they cannot be listed."""
        matched = (_NAME.fullmatch(name) for name in self._names())
        return {match["digest"] for match in matched if match}

    def _names(self) -> Iterable[str]:
        if self.local:
            return _local_names(Path(self.root) / FOLDER)
        try:
            self.fs.invalidate_cache()
            return [path.rpartition("/")[2] for path in self.fs.find(f"{self.root}/{FOLDER}")]
        except FileNotFoundError:
            return []
        except Exception as error:
            raise self._away(error) from error

    def add(self, path: Path) -> tuple[str, bool]:
        """Add a bundle's file: its digest, and whether it was new. A torn one is replaced."""
        digest = digest_of(path)
        if self.local:
            final = Path(self.where(digest))
            if final.is_file() and digest_of(final) == digest:
                return digest, False
            self._place(path, final)
            return digest, True
        try:  # object stores show an object when it is whole
            there = self.fs.exists(self.where(digest))
            if there and int(self.fs.size(self.where(digest))) == path.stat().st_size:
                return digest, False
            self.fs.pipe_file(self.where(digest), path.read_bytes())
        except Exception as error:
            raise self._away(error) from error
        return digest, True

    def _place(self, path: Path, final: Path) -> None:
        """Copy beside, then move into place: no reader ever sees a part."""
        part = final.with_name(f".{final.name}.{uuid4().hex}.part")
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part)
            with part.open("rb") as stream:
                os.fsync(stream.fileno())
            part.replace(final)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise disk_error(final, error) from error

    def get(self, digest: str) -> Path:
        """A bundle on this disk; raises GoneError for one that is not there any more."""
        path = Path(self.where(digest)) if self.local else self._fetched(digest)
        if not path.is_file():
            raise gone(path)
        return path

    def _fetched(self, digest: str) -> Path:
        path = self.cache / f"{digest}.zip"
        if not path.is_file() or digest_of(path) != digest:
            part = path.with_name(f".{path.name}.{uuid4().hex}.part")
            part.parent.mkdir(parents=True, exist_ok=True)
            try:
                self.fs.get_file(self.where(digest), str(part))
            except FileNotFoundError:
                raise gone(f"{self.url}/{FOLDER}/{digest[:2]}/{digest}.zip") from None
            except Exception as error:
                raise self._away(error) from error
            part.replace(path)
        return path

    def remove(self, digest: str) -> None:
        """Take a bundle away, after a thinner one of the same build was added."""
        with suppress(FileNotFoundError):  # somebody else thinned it, too
            self.fs.rm_file(self.where(digest))

    def _away(self, error: BaseException) -> InfrastructureError:
        return InfrastructureError(
            f"{self.url} does not answer: {type(error).__name__}: {error}",
            "nothing is lost: run the same command again when it does",
        )


def _local_names(folder: Path) -> Iterable[str]:
    """Names of files two levels down; many thousands are listed in milliseconds."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as inner:
        subfolders = [entry.path for entry in inner if entry.is_dir()]
    for path in subfolders:
        yield from os.listdir(path)  # noqa: PTH208 -- names are all that is needed
