"""A record of a distribution that is called Twisted and has no files.

Package managers take a folder `NAME-VERSION.dist-info` for an installed distribution (see
https://packaging.python.org/en/latest/specifications/recording-installed-packages/). This one has
no file RECORD, on purpose: pip and uv refuse to uninstall what has none, so no upgrade of
something else lays other files over ours.

tw-compat carries the same record in its wheel; then it belongs to tw-compat, and only its removal
takes it away.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import (
    Distribution,
    DistributionFinder,
    MetadataPathFinder,
    distribution,
)
from pathlib import Path

from twisted import __version__

NAME = "Twisted"
OURS = "twisted-compat"
CARRIER = "tw-compat"
# The extras that packages ask of Twisted, and what meets them; tw-compat declares the same ones.
EXTRAS: dict[str, tuple[str, ...]] = {
    "all-non-platform": ("tw-reactor[serial]", "tw-tls"),
    "conch": (),
    "dev": (),
    "gtk-platform": ("tw-reactor[gtk]",),
    "http2": (),
    "macos-platform": (),
    "serial": ("tw-reactor[serial]",),
    "test": (),
    "tls": ("tw-tls",),
    "websocket": (),
    "windows-platform": (),
}


class RecordError(Exception):
    """The record cannot be written or removed; the text says why, and what to do."""


def folderOf(found: Distribution) -> Path:
    """Return the directory that a distribution is installed in."""
    return Path(str(found.locate_file("")))


def installer(found: Distribution) -> str:
    """Return what installed a distribution, as it says; `pip`, say."""
    return (found.read_text("INSTALLER") or "").strip()


def installedIn(folder: Path, name: str | None = None) -> Iterator[Distribution]:
    """Yield what package managers have installed in a directory.

    Not what other finders of this process answer.

    Args:
        folder: The directory.
        name: Only what is called so, if it is not None.
    """
    context = DistributionFinder.Context(name=name, path=[str(folder)])
    yield from MetadataPathFinder.find_distributions(context)


def recordsIn(folder: Path) -> list[Distribution]:
    """Return all that is called Twisted in a directory: ours, the other one, or both."""
    found = installedIn(folder, NAME)
    # What has no metadata, perhaps after an installation that broke off, has no name either.
    return sorted(
        (each for each in found if "Name" in each.metadata), key=lambda each: each.version
    )


def isRecord(found: Distribution) -> bool:
    """Whether a distribution is a record only, written by the command or carried by tw-compat."""
    return installer(found) in (OURS, CARRIER)


def ourFolder() -> Path:
    """Return the directory in which a package manager has put this part."""
    return folderOf(distribution("tw-application"))


def metadataOf(version: str) -> str:
    """Return what the record says about itself."""
    lines = ["Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {version}"]
    lines.append("Summary: Met by the parts of tw, which have the package twisted")
    for extra, requirements in EXTRAS.items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {each}=={version}; extra == '{extra}'" for each in requirements]
    return "\n".join(lines) + "\n"


def writeRecord(folder: Path | None = None, version: str = __version__) -> Path:
    """Tell package managers that the requirement Twisted is met.

    A record that was written before, for another version, say, is replaced.

    Args:
        folder: The directory of installed packages; the one that this part is in by default.
        version: The version to record.

    Returns:
        The folder of the record.

    Raises:
        RecordError: Twisted itself is installed there, or tw-compat has brought a record already.
        OSError: The directory cannot be written to.
    """
    folder = ourFolder() if folder is None else folder
    found = recordsIn(folder)
    for each in found:
        if not isRecord(each):
            raise RecordError(
                f"Twisted {each.version} itself is installed in {folder}: run "
                f"'pip uninstall Twisted', then 'twisted-compat check' to see what that took away"
            )
        if installer(each) == CARRIER:
            raise RecordError(f"{CARRIER} is installed and has brought the record already")
    wheel = "Wheel-Version: 1.0\nGenerator: tw\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    texts = {"METADATA": metadataOf(version), "WHEEL": wheel, "INSTALLER": f"{OURS}\n"}
    target = folder / f"{NAME.lower()}-{version}.dist-info"
    # All or nothing: a folder without METADATA would be a broken package to everybody.
    scratch = Path(tempfile.mkdtemp(prefix=f"{NAME.lower()}-record-", dir=folder))
    try:
        for name, text in texts.items():
            (scratch / name).write_text(text, encoding="utf-8")
        scratch.chmod(0o755)
        removeRecord(folder)
        os.rename(scratch, target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return target


def removeRecord(folder: Path | None = None) -> bool:
    """Take away the record that `writeRecord` has written, and nothing else.

    Args:
        folder: The directory of installed packages; the one that this part is in by default.

    Returns:
        Whether there was one.

    Raises:
        RecordError: The record belongs to tw-compat.
        OSError: It cannot be removed.
    """
    folder = ourFolder() if folder is None else folder
    found = [each for each in recordsIn(folder) if isRecord(each)]
    for each in found:
        if installer(each) == CARRIER:
            raise RecordError(
                f"the record belongs to {CARRIER}: 'pip uninstall {CARRIER}' removes it"
            )
        shutil.rmtree(folder / f"{NAME.lower()}-{each.version}.dist-info")
    return bool(found)
