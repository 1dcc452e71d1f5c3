"""What a user writes to name a candidate, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from qualify.core.candidate import SourceKind
from qualify.core.errors import CandidateError

FORMS = (
    "write NAME==VERSION, a source folder, a .tar.gz or .zip sdist, a .whl file,"
    " or git+https://HOST/REPOSITORY@REF"
)
_EXTRAS = re.compile(r"(?P<rest>.+)\[(?P<extras>[\w\s.,-]*)\]")
_REMOTE = re.compile(r"(git\+\w+|https?|ssh|git)://")
_PATHLIKE = re.compile(r"[/\\]|^[.~]")


@dataclass(frozen=True)
class Spec:
    """A candidate's origin as written.

    `target` is a project's name, an absolute path or a repository's address; `version` belongs to
    an index, `ref` and `subdirectory` to git.
    """

    kind: SourceKind
    target: str
    extras: tuple[str, ...] = ()
    version: str = ""
    ref: str = "HEAD"
    subdirectory: str = ""


def parse(text: str) -> Spec:
    """Tell the forms apart; raises CandidateError with the form that was probably meant."""
    written = text.strip()
    if _REMOTE.match(written):
        return _git(written)
    match = _EXTRAS.fullmatch(written)
    rest, extras = (match["rest"], _names(match["extras"])) if match else (written, ())
    path = Path(rest).expanduser()
    if path.exists() or _PATHLIKE.search(rest) or rest.endswith((".whl", ".tar.gz", ".zip")):
        return _path(path, extras)
    return _index(written)


def _names(extras: str) -> tuple[str, ...]:
    return tuple(sorted(canonicalize_name(e.strip()) for e in extras.split(",") if e.strip()))


def _path(path: Path, extras: tuple[str, ...]) -> Spec:
    if not path.exists():
        raise CandidateError(f"there is no {path}", FORMS)
    full = str(path.resolve())
    if path.is_dir():
        return Spec("tree", full, extras)
    if path.name.endswith((".tar.gz", ".zip")):
        return Spec("sdist", full, extras)
    if path.suffix == ".whl":
        return Spec("wheel", full, extras)
    raise CandidateError(f"{path} is neither a source folder nor an sdist nor a wheel", FORMS)


def _git(text: str) -> Spec:
    parts = urlsplit(text.removeprefix("git+"))
    path, _, ref = parts.path.partition("@") if "@" in parts.path else (parts.path, "", "")
    if not text.startswith("git+") and not path.endswith(".git"):
        raise CandidateError(f"{text!r} is not a git repository's address", FORMS)
    if ref.startswith("-"):
        raise CandidateError(f"{ref!r} is not a git reference", "write a branch, tag or commit")
    subdirectory = parse_qs(parts.fragment).get("subdirectory", [""])[0].strip("/")
    if ".." in subdirectory.split("/"):
        raise CandidateError(f"{subdirectory!r} leaves the repository", "name a folder inside it")
    url = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    return Spec("git", url, ref=ref or "HEAD", subdirectory=subdirectory)


def _index(text: str) -> Spec:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise CandidateError(f"{text!r} names no candidate", FORMS) from error
    pins = list(requirement.specifier)
    if len(pins) != 1 or pins[0].operator != "==" or requirement.url or requirement.marker:
        raise CandidateError(
            f"{text!r} does not name one version", f"write {requirement.name}==VERSION"
        )
    try:
        version = str(Version(pins[0].version))
    except InvalidVersion as error:
        raise CandidateError(f"{pins[0].version!r} is not one version", FORMS) from error
    extras = tuple(sorted(canonicalize_name(extra) for extra in requirement.extras))
    return Spec("index", canonicalize_name(requirement.name), extras, version)
