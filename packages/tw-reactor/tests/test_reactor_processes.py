"""Child processes: what their protocols learn, and what can be done to them."""

import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Literal

import pytest

from twisted.internet import process
from twisted.internet._pollingreactor import PollingReactor
from twisted.internet._processes import _reaping
from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.interfaces import IProcessTransport, IReactorProcess
from twisted.internet.protocol import ProcessProtocol
from twisted.python.components import verifyObject
from twisted.python.failure import Failure

from .reactor_helpers import reactor, turn, turnUntil

__all__ = ["reactor"]

Descriptors = Mapping[int, int | Literal["r", "w"]]


class Child(ProcessProtocol):
    """Remembers what happened."""

    def __init__(self) -> None:
        self.data: dict[int, bytes] = {}
        self.events: list[str] = []
        self.reasons: list[Failure] = []
        self.onMade: Callable[[], object] = lambda: None
        self.onData: Callable[[bytes], object] = lambda data: None

    def connectionMade(self) -> None:
        self.events.append("made")
        self.onMade()

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self.data[childFD] = self.data.get(childFD, b"") + data
        self.onData(data)

    def childConnectionLost(self, childFD: int) -> None:
        self.events.append(f"lost {childFD}")

    def processExited(self, reason: Failure) -> None:
        self.events.append("exited")
        self.reasons.append(reason)

    def processEnded(self, reason: Failure) -> None:
        self.events.append("ended")
        self.reasons.append(reason)

    @property
    def error(self) -> ProcessDone | ProcessTerminated:
        value = self.reasons[-1].value
        assert isinstance(value, ProcessDone | ProcessTerminated)
        return value

    def ended(self) -> bool:
        return "ended" in self.events


def shell(
    reactor: PollingReactor,
    script: str,
    child: Child | None = None,
    childFDs: Descriptors | None = None,
) -> Child:
    """Run a script of the shell to its end."""
    child = Child() if child is None else child
    reactor.spawnProcess(child, "/bin/sh", ["sh", "-c", script], childFDs=childFDs)
    turnUntil(reactor, child.ended)
    return child


def start(reactor: PollingReactor, *args: str) -> tuple[Child, IProcessTransport]:
    """Start a program."""
    child = Child()
    return child, reactor.spawnProcess(child, args[0], args)


def openDescriptors() -> set[int]:
    return set(process.detector.listOpenFDs())


def test_a_reactor_starts_processes(reactor: PollingReactor) -> None:
    assert verifyObject(IReactorProcess, reactor)


def test_a_transport_is_what_its_interface_says(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "true")
    assert verifyObject(IProcessTransport, transport)
    assert child.transport is transport
    turnUntil(reactor, child.ended)


def test_output_and_errors_arrive_apart(reactor: PollingReactor) -> None:
    child = shell(reactor, "echo out; echo err >&2")
    assert child.data == {1: b"out\n", 2: b"err\n"}


def test_what_is_written_reaches_standard_input(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "cat")
    transport.write(b"one ")
    transport.writeSequence([b"two ", b"three"])
    transport.closeStdin()
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"one two three"


def test_ten_megabytes_go_through_a_filter(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "cat")
    sent = os.urandom(1024) * 10240
    pieces: list[bytes] = []
    child.childDataReceived = lambda childFD, data: pieces.append(data)  # type: ignore[method-assign]
    transport.write(sent)
    transport.closeStdin()
    turnUntil(reactor, child.ended)
    assert b"".join(pieces) == sent


def test_output_that_nobody_wants_is_read_all_the_same(reactor: PollingReactor) -> None:
    ended: list[Failure] = []

    class Idle(ProcessProtocol):
        def processEnded(self, reason: Failure) -> None:
            ended.append(reason)

    protocol = Idle()
    reactor.spawnProcess(protocol, "head", ["head", "-c", "10000000", "/dev/zero"])
    turnUntil(reactor, lambda: ended)
    assert ended[0].check(ProcessDone)


def test_exited_comes_before_ended_and_ended_is_last(reactor: PollingReactor) -> None:
    child = shell(reactor, "echo x")
    assert child.events[0] == "made"
    assert child.events.index("exited") < child.events.index("ended")
    assert child.events[-1] == "ended"


def test_each_pipe_is_lost_once(reactor: PollingReactor) -> None:
    child = shell(reactor, "exit 0")
    assert sorted(one for one in child.events if one.startswith("lost")) == [
        "lost 0",
        "lost 1",
        "lost 2",
    ]


def test_exited_comes_while_a_grandchild_holds_the_output(reactor: PollingReactor) -> None:
    reading, writing = os.pipe()
    child = Child()
    reactor.spawnProcess(
        child,
        "/bin/sh",
        ["sh", "-c", "(read line <&3; echo late) & exit 3"],
        childFDs={0: "w", 1: "r", 2: "r", 3: reading},
    )
    turnUntil(reactor, lambda: "exited" in child.events)
    assert not child.ended()
    os.write(writing, b"go\n")
    turnUntil(reactor, child.ended)
    os.close(reading)
    os.close(writing)
    assert child.data[1] == b"late\n"


def test_success_is_process_done(reactor: PollingReactor) -> None:
    error = shell(reactor, "exit 0").error
    assert isinstance(error, ProcessDone)
    assert (error.exitCode, error.signal, error.status) == (0, None, 0)


def test_an_exit_status_is_told(reactor: PollingReactor) -> None:
    error = shell(reactor, "exit 7").error
    assert isinstance(error, ProcessTerminated)
    assert (error.exitCode, error.signal) == (7, None)


@pytest.mark.parametrize("name", ["KILL", "TERM", "INT", "HUP", "SIGTERM", 9])
def test_a_signal_ends_the_child(reactor: PollingReactor, name: str | int) -> None:
    child, transport = start(reactor, "sleep", "60")
    transport.signalProcess(name)
    turnUntil(reactor, child.ended)
    expected = name if isinstance(name, int) else process_signal(name)
    assert (child.error.exitCode, child.error.signal) == (None, expected)


def process_signal(name: str) -> int:
    return signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]


@pytest.mark.parametrize("name", ["NONSENSE", "term", "_DFL", 0, 4711])
def test_what_is_no_signal_is_refused(reactor: PollingReactor, name: str | int) -> None:
    child, transport = start(reactor, "cat")
    with pytest.raises(ValueError, match="is no signal"):
        transport.signalProcess(name)
    transport.closeStdin()
    turnUntil(reactor, child.ended)


def test_a_process_that_has_ended_gets_no_signal(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "true")
    turnUntil(reactor, child.ended)
    with pytest.raises(ProcessExitedAlready):
        transport.signalProcess("KILL")


def test_a_process_that_was_not_reaped_yet_gets_no_signal(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "true")
    assert transport.pid is not None
    os.waitid(os.P_PID, transport.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(ProcessExitedAlready):
        transport.signalProcess("KILL")
    turnUntil(reactor, child.ended)


def test_the_number_of_the_process_is_known_while_it_runs(reactor: PollingReactor) -> None:
    child = Child()
    transport = reactor.spawnProcess(child, "/bin/sh", ["sh", "-c", "echo $$"])
    pid = transport.pid
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"%d\n" % (pid or 0)
    assert transport.pid is None


def test_a_bare_name_is_looked_for_on_the_path(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "wc", "-c")
    transport.closeStdin()
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"0\n"


def test_the_path_of_the_child_counts(reactor: PollingReactor, tmp_path: object) -> None:
    program = os.path.join(str(tmp_path), "tool")
    with open(program, "w") as file:
        file.write("#!/bin/sh\necho mine\n")
    os.chmod(program, 0o755)
    child = Child()
    reactor.spawnProcess(child, "tool", ["tool"], {"PATH": str(tmp_path)})
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"mine\n"


@pytest.mark.parametrize("program", ["/nowhere/nothing", "surely-no-such-program", "/etc/passwd"])
def test_a_program_that_cannot_be_started_is_a_child_that_fails(
    reactor: PollingReactor, program: str
) -> None:
    child, _ = start(reactor, program)
    turnUntil(reactor, child.ended)
    assert b"could not be started" in child.data[2]
    assert child.error.exitCode == 1


def test_bytes_and_text_mix(reactor: PollingReactor) -> None:
    child = Child()
    reactor.spawnProcess(child, b"/bin/echo", ["echo", b"b", "\N{SNOWMAN}"])
    turnUntil(reactor, child.ended)
    assert child.data[1] == "b \N{SNOWMAN}\n".encode()


@pytest.mark.parametrize("argument", ["a\0b", b"a\0b", 3, None])
def test_an_argument_that_is_none_is_refused(reactor: PollingReactor, argument: str) -> None:
    with pytest.raises(TypeError):
        reactor.spawnProcess(Child(), "/bin/echo", ["echo", argument])


def test_the_environment_is_empty_by_default(reactor: PollingReactor) -> None:
    child, _ = start(reactor, "/usr/bin/env")
    turnUntil(reactor, child.ended)
    assert child.data == {}


def test_an_environment_is_complete(reactor: PollingReactor) -> None:
    child = Child()
    reactor.spawnProcess(child, "/usr/bin/env", ["env"], {"A": "1", "B": "2"})
    turnUntil(reactor, child.ended)
    assert sorted(child.data[1].split()) == [b"A=1", b"B=2"]


def test_no_environment_inherits(reactor: PollingReactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TW_INHERITED", "yes")
    child = Child()
    reactor.spawnProcess(child, "/usr/bin/env", ["env"], None)
    turnUntil(reactor, child.ended)
    assert b"TW_INHERITED=yes" in child.data[1].split(b"\n")


def test_the_child_starts_in_its_directory(reactor: PollingReactor) -> None:
    here = os.getcwd()
    child = Child()
    reactor.spawnProcess(child, "/bin/pwd", ["pwd"], path="/usr")
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"/usr\n"
    assert os.getcwd() == here


def test_a_directory_that_is_missing_fails_in_the_child(reactor: PollingReactor) -> None:
    child = Child()
    reactor.spawnProcess(child, "/bin/pwd", ["pwd"], path="/nowhere")
    turnUntil(reactor, child.ended)
    assert child.error.exitCode == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_the_child_runs_as_another_user(reactor: PollingReactor) -> None:
    child = Child()
    reactor.spawnProcess(
        child, "/bin/sh", ["sh", "-c", "id -u; id -g; id -G"], {}, None, 4711, 4712
    )
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"4711\n4712\n4712\n"
    assert os.geteuid() == 0


def test_an_extra_pipe_to_write_to(reactor: PollingReactor) -> None:
    child = Child()

    def tell() -> None:
        child.transport.writeToChild(4, b"secret\n")
        child.transport.closeChildFD(4)

    child.onMade = tell
    shell(reactor, "cat <&4", child, {0: "w", 1: "r", 2: "r", 4: "w"})
    assert child.data[1] == b"secret\n"


def test_an_extra_pipe_to_read_from(reactor: PollingReactor) -> None:
    child = shell(reactor, "echo status >&5", None, {1: "r", 5: "r"})
    assert child.data == {5: b"status\n"}


def test_descriptors_are_exchanged_without_loss(reactor: PollingReactor) -> None:
    firstIn, firstOut = os.pipe()
    secondIn, secondOut = os.pipe()
    os.set_blocking(firstIn, False)
    os.set_blocking(secondIn, False)
    child = Child()
    reactor.spawnProcess(
        child,
        "/bin/bash",
        ["bash", "-c", f"echo first >&{secondOut}; echo second >&{firstOut}"],
        childFDs={firstOut: secondOut, secondOut: firstOut},
    )
    turnUntil(reactor, child.ended)
    assert os.read(firstIn, 100) == b"first\n"
    assert os.read(secondIn, 100) == b"second\n"
    for fd in (firstIn, firstOut, secondIn, secondOut):
        os.close(fd)


def test_a_shared_descriptor_is_not_reported(reactor: PollingReactor) -> None:
    reading, writing = os.pipe()
    child = shell(reactor, "echo shared", None, {0: "w", 1: writing})
    assert os.read(reading, 100) == b"shared\n"
    assert child.events.count("lost 1") == 0
    os.close(reading)
    os.close(writing)


def test_a_child_serves_a_socket(reactor: PollingReactor) -> None:
    ours, theirs = socket.socketpair()
    child = Child()
    number = theirs.fileno()
    reactor.spawnProcess(child, "/bin/cat", ["cat"], childFDs={0: number, 1: number, 2: "r"})
    theirs.close()
    ours.sendall(b"echo")
    assert ours.recv(100) == b"echo"
    ours.close()
    turnUntil(reactor, child.ended)


def test_other_descriptors_are_closed_in_the_child(reactor: PollingReactor) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    for path in (None, "/"):
        child = Child()
        reactor.spawnProcess(
            child,
            "/bin/sh",
            ["sh", "-c", "for f in /proc/self/fd/*; do echo ${f##*/}; done"],
            path=path,
        )
        turnUntil(reactor, child.ended)
        numbers = {int(line) for line in child.data[1].split()}
        # The shell itself opens one to look.
        assert writing not in numbers
        assert numbers <= {0, 1, 2, 3}
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize("descriptors", [{0: "x"}, {0: -1}, {-1: "r"}, {"a": "r"}, {0: None}])
def test_a_map_that_makes_no_sense_is_refused(
    reactor: PollingReactor, descriptors: Descriptors
) -> None:
    before = openDescriptors()
    with pytest.raises(ValueError, match="descriptor"):
        reactor.spawnProcess(Child(), "/bin/true", ["true"], childFDs=descriptors)
    assert openDescriptors() == before


@pytest.mark.parametrize("number", [1, 2, 7])
def test_writing_to_what_is_no_pipe_to_write_to_raises(
    reactor: PollingReactor, number: int
) -> None:
    child, transport = start(reactor, "cat")
    with pytest.raises(KeyError):
        transport.writeToChild(number, b"x")
    transport.closeStdin()
    turnUntil(reactor, child.ended)


def test_text_is_refused(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "cat")
    with pytest.raises(TypeError):
        transport.write("text")  # type: ignore[arg-type]  # that is the point
    transport.closeStdin()
    turnUntil(reactor, child.ended)


def test_closing_what_is_closed_is_harmless(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "cat")
    transport.closeStdin()
    turnUntil(reactor, child.ended)
    transport.closeStdin()
    transport.closeChildFD(9)
    transport.loseConnection()
    transport.write(b"late")
    assert child.events.count("lost 0") == 1


def test_a_child_that_closes_its_input_is_noticed(reactor: PollingReactor) -> None:
    child = Child()
    transport = reactor.spawnProcess(
        child, "/bin/sh", ["sh", "-c", "exec 0<&-; echo closed; exec sleep 60"]
    )
    turnUntil(reactor, lambda: "lost 0" in child.events)
    assert not child.ended()
    transport.signalProcess("KILL")
    turnUntil(reactor, child.ended)


def test_closing_its_output_breaks_the_childs_pipe(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "yes")
    transport.closeStdout()
    turnUntil(reactor, child.ended)
    assert child.error.signal == signal.SIGPIPE


def test_losing_the_connection_sends_what_was_written(reactor: PollingReactor) -> None:
    reading, writing = os.pipe()
    child = Child()
    transport = reactor.spawnProcess(child, "/bin/cat", ["cat"], childFDs={0: "w", 1: writing})
    os.close(writing)
    transport.write(b"all of it")
    transport.loseConnection()
    turnUntil(reactor, child.ended)
    assert os.read(reading, 100) == b"all of it"
    os.close(reading)


def test_a_protocol_that_fails_loses_its_pipe_only(
    reactor: PollingReactor, caplog: pytest.LogCaptureFixture
) -> None:
    child, transport = start(reactor, "cat")

    def fail(data: bytes) -> None:
        raise RuntimeError("on purpose")

    child.onData = fail
    transport.write(b"x")
    turnUntil(reactor, lambda: "lost 1" in child.events)
    transport.closeStdin()
    turnUntil(reactor, child.ended)
    assert child.events[-1] == "ended"


def test_a_producer_is_steered_by_standard_input(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "wc", "-c")
    chunks = [b"x" * 65536] * 20

    class Pull:
        def resumeProducing(self) -> None:
            if chunks:
                transport.write(chunks.pop())
            else:
                transport.unregisterProducer()  # type: ignore[attr-defined]
                transport.closeStdin()

        def stopProducing(self) -> None:
            pass

    transport.registerProducer(Pull(), False)  # type: ignore[attr-defined]
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"%d\n" % (20 * 65536)


def test_a_paused_child_waits(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "echo", "x")
    assert isinstance(transport, process.Process)
    transport.pauseProducing()
    turnUntil(reactor, lambda: "exited" in child.events)
    turn(reactor)
    assert not child.data
    transport.resumeProducing()
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"x\n"


def test_many_children_are_all_reaped(reactor: PollingReactor) -> None:
    before = openDescriptors()
    children = [start(reactor, "true")[0] for _ in range(40)]
    turnUntil(reactor, lambda: all(child.ended() for child in children))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    gc.collect()
    assert openDescriptors() == before
    assert not process.reapProcessHandlers


def test_children_of_others_are_left_alone(reactor: PollingReactor) -> None:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    shell(reactor, "exit 0")
    assert os.waitpid(pid, 0) == (pid, 0)


def test_a_child_whose_status_somebody_took_has_ended(reactor: PollingReactor) -> None:
    child, transport = start(reactor, "true")
    os.waitpid(transport.pid or 0, 0)
    turnUntil(reactor, child.ended)
    error = child.error
    assert isinstance(error, ProcessTerminated)
    assert (error.exitCode, error.signal, error.status) == (None, None, None)


def test_without_descriptors_of_processes_a_thread_waits(
    reactor: PollingReactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reaping, "openProcess", lambda pid: None)
    assert shell(reactor, "exit 5").error.exitCode == 5


def test_it_works_in_another_thread(reactor: PollingReactor) -> None:
    statuses: list[int | None] = []
    thread = threading.Thread(
        target=lambda: statuses.append(shell(reactor, "exit 6").error.exitCode)
    )
    thread.start()
    thread.join()
    assert statuses == [6]


def test_a_failing_start_leaves_nothing_open(
    reactor: PollingReactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from twisted.internet._processes import _process

    def fail(program: object) -> int:
        raise OSError("no room")

    monkeypatch.setattr(_process, "launch", fail)
    before = openDescriptors()
    with pytest.raises(OSError, match="no room"):
        start(reactor, "true")
    assert openDescriptors() == before


def test_others_can_wait_for_a_child() -> None:
    statuses: list[int | None] = []

    class Waiting:
        def processEnded(self, status: int | None) -> None:
            statuses.append(status)

    reading, writing = os.pipe()
    pid = os.posix_spawn("/bin/cat", ["cat"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0)])
    waiting = Waiting()
    process.registerReapProcessHandler(pid, waiting)
    with pytest.raises(RuntimeError):
        process.registerReapProcessHandler(pid, waiting)
    os.close(reading)
    os.close(writing)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    process.reapAllProcesses()
    assert statuses == [0]
    with pytest.raises(RuntimeError):
        process.unregisterReapProcessHandler(pid, waiting)


# Terminals


def terminal(
    reactor: PollingReactor, script: str, usePTY: bool | tuple[int, int, str] = True
) -> Child:
    child = Child()
    reactor.spawnProcess(child, "/bin/sh", ["sh", "-c", script], usePTY=usePTY)
    turnUntil(reactor, child.ended)
    return child


def test_a_terminal_is_all_three_streams(reactor: PollingReactor) -> None:
    child = terminal(reactor, "test -t 0 && test -t 1 && test -t 2 && tty; echo err >&2")
    assert child.data.keys() == {1}
    assert child.data[1].startswith(b"/dev/pts/")
    assert child.data[1].endswith(b"err\r\n")


def test_a_terminal_controls_its_child(reactor: PollingReactor) -> None:
    child = Child()
    transport = reactor.spawnProcess(
        child, "/bin/sh", ["sh", "-c", "echo ready; exec sleep 60"], usePTY=True
    )
    turnUntil(reactor, lambda: child.data)
    transport.write(b"\x03")
    turnUntil(reactor, child.ended)
    assert child.error.signal == signal.SIGINT


@pytest.mark.parametrize("path", [None, "/usr"])
def test_a_terminal_of_the_caller_is_used(reactor: PollingReactor, path: str | None) -> None:
    ours, theirs = os.openpty()
    name = os.ttyname(theirs)
    child = Child()
    reactor.spawnProcess(
        child, "/bin/sh", ["sh", "-c", "tty"], path=path, usePTY=(ours, theirs, name)
    )
    turnUntil(reactor, child.ended)
    os.close(theirs)
    assert child.data[1] == f"{name}\r\n".encode()


def test_what_is_written_to_a_terminal_arrives(reactor: PollingReactor) -> None:
    child = Child()
    transport = reactor.spawnProcess(
        child, "/bin/sh", ["sh", "-c", "stty -echo; echo ready; read x; echo got $x"], usePTY=True
    )
    turnUntil(reactor, lambda: child.data)
    transport.writeToChild(0, b"line\n")
    turnUntil(reactor, child.ended)
    assert child.data[1] == b"ready\r\ngot line\r\n"
    with pytest.raises(KeyError):
        transport.writeToChild(1, b"x")


def test_losing_a_terminal_hangs_up(reactor: PollingReactor) -> None:
    child = Child()
    transport = reactor.spawnProcess(
        child, "/bin/sh", ["sh", "-c", "echo ready; exec sleep 60"], usePTY=True
    )
    turnUntil(reactor, lambda: child.data)
    transport.closeStdin()
    transport.closeStdout()
    transport.closeStderr()
    transport.closeChildFD(0)
    transport.loseConnection()
    turnUntil(reactor, child.ended)
    assert child.error.signal == signal.SIGHUP


def test_a_terminal_and_a_map_exclude_each_other(reactor: PollingReactor) -> None:
    with pytest.raises(ValueError, match="exclude"):
        reactor.spawnProcess(Child(), "/bin/true", ["true"], usePTY=True, childFDs={0: "w"})


def test_terminals_leave_nothing_open(reactor: PollingReactor) -> None:
    before = openDescriptors()
    terminal(reactor, "true")
    assert openDescriptors() == before


def test_python_programs_stop_at_a_closed_pipe(reactor: PollingReactor) -> None:
    child = Child()
    reactor.spawnProcess(
        child,
        sys.executable,
        ["python", "-c", "import signal; print(signal.getsignal(signal.SIGXFSZ).name)"],
    )
    turnUntil(reactor, child.ended)
    assert child.error.exitCode == 0


class GroupLeader(process.Process):
    """Starts its child in a process group of its own, as Buildbot does."""

    def _setupChild(self, *args: Mapping[int, int]) -> None:
        super()._setupChild(*args)
        os.setpgid(0, 0)


def test_a_subclass_can_prepare_its_child(reactor: PollingReactor) -> None:
    child = Child()
    script = "cut -d' ' -f1,5 /proc/self/stat; exec 1>&-; read -r line"
    transport = GroupLeader(reactor, "/bin/sh", ["sh", "-c", script], {}, None, child)
    turnUntil(reactor, lambda: "lost 1" in child.events)
    assert transport.pid is not None
    assert os.getpgid(transport.pid) == transport.pid != os.getpgid(0)
    assert int(child.data[1].split()[1]) == transport.pid
    transport.closeStdin()
    turnUntil(reactor, lambda: "ended" in child.events)
