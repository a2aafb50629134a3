"""A systemd of its own for a test: the first process of namespaces that share the network.

What it must never do is touch the machine: a systemd that boots cleans `/tmp`, sets the kernel's
variables, makes devices. So it sees all file systems read-only, but for empty ones of its own, and
none of the machine's units and generators: there is nothing that it could start but the units of
the test and the journal. `GUARD` looks at both before it is started.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .running import PATIENCE, ROOT

SYSTEMD = Path("/lib/systemd/systemd")
NEW = "--pid --fork --mount --uts --ipc --cgroup --mount-proc"
"""The namespaces that it gets."""
PROGRAMS = ("unshare", "nsenter", "systemctl", "journalctl", "mount")

UNITS = "/lib/systemd/system"
JOURNAL = ("systemd-journald.service", "systemd-journald.socket")
OWN = (
    *("/var/log/journal", "/etc/systemd", "/usr/local/lib/systemd", UNITS),
    *("/lib/systemd/system-generators", "/lib/systemd/system-preset"),
)
"""Where it sees something else than the machine: empty directories in memory, if there is one."""

BOOT = """
set -eu
mount --make-rprivate /
cut -d' ' -f5 /proc/self/mountinfo | while read -r place; do
    case $place in /proc) ;; *) mount -o remount,bind,ro "$place" ;; esac
done
mount -t tmpfs -o mode=755 none /run
mkdir /run/units
for unit in {journal}; do cp {units}/$unit /run/units/; done
for place in {own}; do
    if [ -d "$place" ]; then mount -t tmpfs -o mode=755 none "$place"; fi
done
mkdir -p /etc/systemd/system /run/systemd/journald.conf.d
# Neither read what the kernel logs, nor switch its auditing on or off, which is the machine's.
printf '[Journal]\\nReadKMsg=no\\nAudit=\\n' > /run/systemd/journald.conf.d/tests.conf
mv /run/units/* {units}/
# What systemd starts by itself is for machines: here it is nothing.
for target in tests sysinit basic multi-user sockets shutdown network; do
    printf '[Unit]\\nDefaultDependencies=no\\n' > {units}/$target.target
done
mkdir -p /run/dev/shm
for node in null zero full random urandom tty; do
    touch /run/dev/$node
    mount --bind /dev/$node /run/dev/$node
done
mount --rbind /run/dev /dev
mount -t cgroup2 none /sys/fs/cgroup
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
{guard}
echo namespaces are ready
exec env -i container=tests PATH="$PATH" {systemd} \\
    --system --unit=tests.target --show-status=no --log-target=null
"""

GUARD = """
for place in / /tmp /var/tmp /etc /usr /var {home} {root}; do
    if [ -d "$place" ] && touch "$place/.tests-probe" 2>/dev/null; then
        rm -f "$place/.tests-probe"
        echo "$place can be written to"
        exit 1
    fi
done
if [ "$(find {units}/ -mindepth 1 | wc -l)" != 9 ]; then
    echo "there are units of the machine"
    exit 1
fi
"""


class SystemdHost:
    """A systemd that runs.

    Attributes:
        units: The directory of its units, as this process sees it.
    """

    def __init__(self, pid: int) -> None:
        self.units = Path(f"/proc/{pid}/root", "etc/systemd/system")
        self._inside = ["nsenter", "-t", str(pid), "-p", "-m", "-u", "-i", "-C"]

    def command(self, *words: str) -> tuple[int, str]:
        """Run a program inside; return its status and all that it has printed."""
        done = subprocess.run(
            [*self._inside, *words],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode, done.stdout + done.stderr

    def systemctl(self, *words: str) -> str:
        """Run systemctl, which has to succeed; return what it has printed."""
        status, text = self.command("systemctl", "--no-pager", "--full", *words)
        assert status == 0, text
        return text

    def show(self, unit: str, name: str) -> str:
        """Return a property of a unit."""
        return self.systemctl("show", "--value", "--property", name, unit).strip()

    def journal(self, unit: str) -> str:
        """Return what a unit has logged."""
        return self.command("journalctl", "--no-pager", "--output=cat", "--unit", unit)[1]


def until(condition: Callable[[], object], what: Callable[[], str]) -> None:
    """Wait until a condition holds; `what` tells about it if it never does."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, what()
        time.sleep(0.05)


@contextmanager
def systemdHost(directory: Path) -> Iterator[SystemdHost]:
    """Start a systemd, and end it with all that it runs; skips where that cannot be.

    Args:
        directory: Where its output is kept.
    """
    if os.geteuid() != 0 or not SYSTEMD.exists() or None in map(shutil.which, PROGRAMS):
        pytest.skip("systemd can't be started here: as root, apt-get install systemd util-linux")
    mounts = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")]
    root = next((each for each in mounts if (each / "cgroup.procs").exists()), None)
    if root is None or not os.access(root, os.W_OK):
        pytest.skip("there are no control groups (cgroup2) that could be changed here")
    group = root / f"tests-{os.getpid()}-{time.monotonic_ns()}"
    output = directory / "systemd.log"
    guard = GUARD.format(units=UNITS, home=Path.home(), root=ROOT)
    boot = BOOT.format(
        journal=" ".join(JOURNAL), own=" ".join(OWN), units=UNITS, guard=guard, systemd=SYSTEMD
    )
    group.mkdir()
    try:
        with output.open("wb") as file:
            process = subprocess.Popen(
                [
                    "sh",
                    "-ec",
                    f'echo $$ > {group}/cgroup.procs; exec unshare {NEW} sh -c "$0"',
                    boot,
                ],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        pids: list[int] = []
        try:
            until(
                lambda: "namespaces are ready" in output.read_text() or process.poll() is not None,
                output.read_text,
            )
            if process.poll() is not None:
                pytest.skip(
                    f"systemd needs namespaces, which are not to be had: {output.read_text()}"
                )
            pids += _childrenOf(process.pid)
            host = SystemdHost(pids[0])
            until(
                lambda: host.command("systemctl", "is-active", "tests.target")[0] == 0,
                output.read_text,
            )
            yield host
        finally:
            # The end of the first process of a namespace is that of all others.
            for pid in pids or _childrenOf(process.pid):
                os.kill(pid, signal.SIGKILL)
            process.wait(PATIENCE)
    finally:
        until(lambda: _removed(group), lambda: f"{group} is still in use")


def _childrenOf(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _removed(group: Path) -> bool:
    """Remove a control group with those below it; returns whether it is gone."""
    try:
        for below, _, _ in os.walk(group, topdown=False):
            os.rmdir(below)
    except OSError:
        # Its processes have been killed, and are not all gone.
        return False
    return not group.exists()
