"""What kind of platform this is."""

import sys
import time
from pathlib import Path

import pytest

from twisted import copyright
from twisted.python import runtime
from twisted.python.runtime import Platform, platform, platformType, shortPythonVersion


def test_the_type_of_this_platform_is_a_text() -> None:
    assert platformType == platform.getType() == platform.type == "posix"
    assert platform.isKnown()


def test_linux() -> None:
    linux = Platform("posix", "linux")
    assert linux.isLinux()
    assert not any([linux.isMacOSX(), linux.isWindows(), linux.isWinNT(), linux.isVista()])


def test_mac() -> None:
    mac = Platform("posix", "darwin")
    assert mac.isMacOSX()
    assert not any([mac.isLinux(), mac.isWindows(), mac.supportsINotify(), mac.isDocker()])


def test_windows() -> None:
    windows = Platform("nt", "win32")
    assert windows.getType() == "win32"
    assert windows.isWindows()
    assert windows.isWinNT()
    assert not windows.isLinux()


def test_the_class_knows_the_type_of_this_platform() -> None:
    assert Platform.type == platformType


def test_an_unknown_platform_has_no_type() -> None:
    unknown = Platform("amiga", "amiga")
    assert unknown.getType() is None
    assert not unknown.isKnown()


def test_threads_are_there() -> None:
    assert platform.supportsThreads()


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_linux_has_inotify() -> None:
    assert platform.supportsINotify()


@pytest.mark.parametrize(
    ("groups", "docker"),
    [
        ("12:cpu:/docker/0123456789abcdef\n11:pids:/\n", True),
        ("0::/\n", False),
        ("", False),
        ("1:name:/not/docker/\n", False),
    ],
)
def test_docker_is_known_by_its_control_groups(tmp_path: Path, groups: str, docker: bool) -> None:
    (tmp_path / "cgroup").write_text(groups)
    assert Platform("posix", "linux").isDocker(str(tmp_path / "cgroup")) is docker


def test_without_control_groups_it_is_no_docker(tmp_path: Path) -> None:
    assert not Platform("posix", "linux").isDocker(str(tmp_path / "missing"))


def test_seconds_are_those_of_the_clock() -> None:
    assert runtime.seconds is time.time
    assert platform.seconds is time.time


def test_the_version_of_python() -> None:
    assert sys.version.startswith(shortPythonVersion())


def test_the_texts_about_the_version() -> None:
    assert copyright.version in copyright.longversion
    assert copyright.copyright in copyright.disclaimer
