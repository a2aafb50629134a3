"""Finds out whether files of Twisted itself are mixed with those of these parts.

Both install the package `twisted`, and no package manager keeps one from overwriting files of the
other. What it does keep is a list of the files that it installed, with their checksums, and these
are compared with what is there.
"""

import base64
import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from twisted.application.compat._record import NAME, installedIn, isRecord, ourFolder, recordsIn

MAXIMUM_SHOWN = 5
"""How many files, or packages, a line names before it only counts."""


def findFaults(folder: Path | None = None) -> list[str]:
    """Return what is wrong with the parts in an environment.

    Args:
        folder: The directory of installed packages; the one that this part is in by default.

    Returns:
        A line for each fault that says what to do; none if all is well.
    """
    folder = ourFolder() if folder is None else folder
    installed = list(installedIn(folder))
    parts = [each for each in installed if _name(each).startswith("tw-") and _isPart(each)]
    return [
        *_mixed(folder),
        *_spoiled(parts),
        *_versions(parts),
        *_unmet(installed, recordsIn(folder)),
    ]


def _name(found: Distribution) -> str:
    """Return a distribution's name in the form in which names are compared (PEP 503)."""
    names = found.metadata.get_all("Name") or [""]
    return re.sub(r"[-_.]+", "-", names[0]).lower()


def _isPart(found: Distribution) -> bool:
    """Whether it is one of ours: others may begin their names as we do."""
    return "Framework :: Twisted" in (found.metadata.get_all("Classifier") or ())


def _mixed(folder: Path) -> Iterator[str]:
    """Yield a line for each Twisted that is there with files of its own."""
    for found in recordsIn(folder):
        if isRecord(found):
            continue
        theirs = [file for file in found.files or () if file.parts[0] == "twisted"]
        present = sum(1 for file in theirs if Path(str(found.locate_file(file))).exists())
        yield (
            f"Twisted {found.version} itself is installed too, with {present} files below "
            f"{folder / 'twisted'}: run 'pip uninstall tw-compat', 'pip uninstall Twisted' and "
            "'pip install --force-reinstall' with the parts that you use"
        )


def _spoiled(parts: list[Distribution]) -> Iterator[str]:
    """Yield a line for each part of which files are missing or were overwritten."""
    for part in sorted(parts, key=_name):
        missing, changed = [], []
        for file, algorithm, checksum in _recorded(part):
            path = Path(str(part.locate_file(file)))
            if not path.exists():
                missing.append(file)
            elif checksum != _checksum(path, algorithm):
                changed.append(file)
        for files, what in ((missing, "lacks"), (changed, "has other contents in")):
            if files:
                yield (
                    f"{_name(part)} {what} {_some(files)}: run "
                    f"'pip install --force-reinstall --no-deps {_name(part)}=={part.version}'"
                )


def _recorded(found: Distribution) -> Iterator[tuple[str, str, str]]:
    """Yield the files of a distribution that its RECORD has checksums of, and these.

    `Distribution.files` leaves out, from Python 3.12 on, what is not there any more.
    """
    for row in csv.reader((found.read_text("RECORD") or "").splitlines()):
        algorithm, _, checksum = row[1].partition("=") if len(row) > 1 else ("", "", "")
        if checksum and not row[0].startswith(".."):
            yield row[0], algorithm, checksum


def _checksum(path: Path, algorithm: str) -> str:
    """Return a checksum as the RECORD of a distribution has it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, algorithm).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _versions(parts: list[Distribution]) -> Iterator[str]:
    """Yield a line if the parts are not all of one version."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        found[part.version].append(_name(part))
    if len(found) > 1:
        each = "; ".join(f"{version}: {_some(sorted(names))}" for version, names in found.items())
        yield f"the parts have different versions ({each}): upgrade them together"


def _unmet(installed: list[Distribution], records: list[Distribution]) -> Iterator[str]:
    """Yield a line if packages require Twisted and nothing says that it is there."""
    wants = re.compile(rf"{NAME}\b(?![-_.])", re.IGNORECASE)
    asking = sorted(
        _name(each) for each in installed if any(wants.match(line) for line in each.requires or ())
    )
    if asking and not records:
        yield (
            f"{NAME} is required by {_some(asking)}, and no record says that it is here, so the "
            "next 'pip install' may put it over these files: run 'twisted-compat record'"
        )


def _some(names: list[str]) -> str:
    """Return the first of many names, and how many more there are."""
    more = len(names) - MAXIMUM_SHOWN
    shown = ", ".join(names[:MAXIMUM_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
