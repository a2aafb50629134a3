"""Programs as child processes: filters, one that is talked to, and one with more descriptors."""

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import ProcessEndpoint
from twisted.internet.error import ConnectionDone, ProcessDone, ProcessTerminated
from twisted.internet.interfaces import IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.utils import getProcessOutput, getProcessOutputAndValue, getProcessValue
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from .peers import Files, HalfClosing, House, files, house, needs

__all__ = ["files", "house"]


class Child(ProcessProtocol):
    """Keeps what a program says, by descriptor, and what happens to it."""

    transport: IProcessTransport

    def __init__(self, begin: "Callable[[Child], object]" = lambda child: None) -> None:
        self.begin = begin
        self.said: dict[int, bytes] = {}
        self.events: list[str] = []
        self.ends: list[BaseException] = []

    def connectionMade(self) -> None:
        self.events.append("made")
        self.begin(self)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self.said[childFD] = self.said.get(childFD, b"") + data

    def childConnectionLost(self, childFD: int) -> None:
        self.events.append(f"lost {childFD}")

    def processExited(self, reason: Failure) -> None:
        self.events.append("exited")

    def processEnded(self, reason: Failure) -> None:
        self.events.append("ended")
        self.ends.append(reason.value)


# wc, a filter


def test_wc_counts_what_it_is_sent(house: House) -> None:
    def begin(child: Child) -> None:
        child.transport.write(b"accessing protocols through Twisted is fun!\n")
        child.transport.closeStdin()

    child = Child(begin)
    house.reactor.spawnProcess(child, "wc", ["wc"])
    house.until(lambda: child.ends)
    assert child.said[1].split() == [b"1", b"6", b"44"]
    assert type(child.ends[0]) is ProcessDone
    assert child.events[0] == "made"
    assert sorted(child.events[1:-1]) == ["exited", "lost 0", "lost 1", "lost 2"]
    assert child.events[-1] == "ended"


def test_wc_counts_ten_megabytes(house: House) -> None:
    line = b"x" * 99 + b"\n"

    def begin(child: Child) -> None:
        child.transport.write(line * 100_000)
        child.transport.closeStdin()

    child = Child(begin)
    house.reactor.spawnProcess(child, "wc", ["wc", "-l", "-c"])
    house.until(lambda: child.ends)
    assert child.said[1].split() == [b"100000", b"10000000"]


def test_wc_gets_its_words_in_the_language_that_it_is_told(house: House) -> None:
    child = Child()
    house.reactor.spawnProcess(child, "wc", ["wc", "missing"], {"LC_ALL": "C"}, "/")
    house.until(lambda: child.ends)
    assert child.said[2] == b"wc: missing: No such file or directory\n"
    assert isinstance(child.ends[0], ProcessTerminated)
    assert child.ends[0].exitCode == 1


# bc, which is talked to


def answered(child: Child, answer: bytes) -> bool:
    """Return whether a program has given an answer."""
    return child.said.get(1) == answer


@needs("bc")
def test_bc_answers_one_question_after_the_other(house: House) -> None:
    child = Child()
    transport = house.reactor.spawnProcess(child, "bc", ["bc", "-q"], os.environ)
    for question, answer in ((b"2+3\n", b"5\n"), (b"2^100\n", b"%d\n" % 2**100)):
        child.said.clear()
        transport.write(question)
        house.until(partial(answered, child, answer))
    transport.write(b"quit\n")
    house.until(lambda: child.ends)
    assert type(child.ends[0]) is ProcessDone


@needs("bc")
def test_bc_is_the_peer_of_a_line_receiver(house: House) -> None:
    class Asking(LineReceiver):
        delimiter = b"\n"

        def __init__(self) -> None:
            self.lines: list[bytes] = []
            self.reasons: list[Failure] = []

        def connectionMade(self) -> None:
            self.sendLine(b"6*7")

        def lineReceived(self, line: bytes) -> None:
            self.lines.append(line)
            self.transport.loseConnection()

        def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
            self.reasons.append(reason)

    asking = Asking()
    endpoint = ProcessEndpoint(house.reactor, "bc", ["bc", "-q"], os.environ)
    house.reach(endpoint, asking)  # type: ignore[type-var]
    house.until(lambda: asking.reasons)
    assert asking.lines == [b"42"]
    assert asking.reasons[0].check(ConnectionDone)


@needs("bc")
def test_bc_that_is_killed_is_told_to_be(house: House) -> None:
    child = Child()
    house.reactor.spawnProcess(child, "bc", ["bc", "-q"], os.environ).signalProcess("KILL")
    house.until(lambda: child.ends)
    assert isinstance(child.ends[0], ProcessTerminated)
    assert child.ends[0].signal == 9


# gpg, with a descriptor for the passphrase and one for its reports


class Deciphering(Child, LineReceiver):
    """Lets gpg decrypt, and reads its reports line by line."""

    delimiter = b"\n"

    def __init__(self, secret: bytes, passphrase: bytes) -> None:
        super().__init__()
        self.secret, self.passphrase = secret, passphrase
        self.reports: list[bytes] = []
        self.done: Deferred[Deciphering] = Deferred()

    def connectionMade(self) -> None:
        self.transport.writeToChild(3, self.passphrase)
        self.transport.closeChildFD(3)
        self.transport.writeToChild(0, self.secret)
        self.transport.closeChildFD(0)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        if childFD == 4:
            self.dataReceived(data)
        else:
            super().childDataReceived(childFD, data)

    def lineReceived(self, line: bytes) -> None:
        self.reports.append(line)

    def processEnded(self, reason: Failure) -> None:
        if reason.check(ProcessDone):
            self.done.callback(self)
        else:
            self.done.errback(reason)


@pytest.fixture
def gpg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The beginning of gpg's command line, in a place of its own."""
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    yield ["gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback"]
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)


def encrypted(gpg: list[str], directory: Path, plaintext: bytes, passphrase: str) -> bytes:
    """Return what gpg makes of a text and a passphrase."""
    # Few rounds of its hash, so that it takes no time.
    command = [*gpg, "--symmetric", "--s2k-count", "1024", "--passphrase", passphrase]
    return subprocess.run(
        command, input=plaintext, cwd=directory, stdout=subprocess.PIPE, check=True
    ).stdout


def decrypt(
    house: House, gpg: list[str], secret: bytes, passphrase: bytes
) -> Deferred[Deciphering]:
    """Let gpg decrypt."""
    child = Deciphering(secret, passphrase)
    house.reactor.spawnProcess(
        child,
        "gpg",
        [*gpg, "--decrypt", "--passphrase-fd", "3", "--status-fd", "4"],
        None,
        childFDs={0: "w", 1: "r", 2: 2, 3: "w", 4: "r"},
    )
    return child.done


@needs("gpg", "gnupg")
def test_gpg_decrypts(house: House, gpg: list[str]) -> None:
    plaintext = os.urandom(1_000_000)
    secret = encrypted(gpg, house.directory, plaintext, "open sesame")
    done: list[Deciphering] = []
    decrypt(house, gpg, secret, b"open sesame").addCallback(done.append)
    house.until(lambda: done)
    assert done[0].said[1] == plaintext
    assert b"[GNUPG:] DECRYPTION_OKAY" in done[0].reports


@needs("gpg", "gnupg")
def test_gpg_decrypts_nothing_with_another_passphrase(house: House, gpg: list[str]) -> None:
    secret = encrypted(gpg, house.directory, b"a secret", "open sesame")
    failures: list[Failure] = []
    decrypt(house, gpg, secret, b"open barley").addErrback(failures.append)
    house.until(lambda: failures)
    error = failures[0].value
    assert isinstance(error, ProcessTerminated)
    assert error.exitCode == 2


# The easy way


def test_true_and_false_have_values(house: House) -> None:
    values: list[int | None] = []
    getProcessValue("/bin/true", reactor=house.reactor).addCallback(values.append)
    getProcessValue("/bin/false", reactor=house.reactor).addCallback(values.append)
    house.until(lambda: len(values) == 2)
    assert set(values) == {0, 1}


@needs("finger")
def test_the_output_of_finger_is_had(house: House) -> None:
    outputs: list[bytes] = []
    getProcessOutput("finger", ["root"], reactor=house.reactor).addCallback(outputs.append)
    house.until(lambda: outputs)
    assert b"Login: root" in outputs[0]


@needs("finger")
def test_finger_says_who_is_unknown(house: House) -> None:
    results: list[tuple[bytes, bytes, int]] = []
    getProcessOutputAndValue("finger", ["nobody..here"], reactor=house.reactor).addCallback(
        results.append
    )
    house.until(lambda: results)
    assert b"no such user" in results[0][1]


# TLS over the pipes of a process


@needs("socat")
@needs("openssl")
def test_tls_over_the_pipes_of_a_process(house: House, files: Files) -> None:
    factory, port = house.listen(files.options())
    inner = ProcessEndpoint(house.reactor, "socat", ["socat", "-", f"TCP4:127.0.0.1:{port}"], None)
    client = house.wrap(inner, files.trusting(), HalfClosing())
    data = os.urandom(1000) * 1000
    client.transport.write(data)
    house.until(lambda: len(client.received) == len(data))
    assert client.received == data
    client.transport.loseConnection()
    house.until(lambda: client.reasons and factory.built[0].reasons)
    assert client.reasons[0].check(ConnectionDone)
    assert factory.built[0].reasons[0].check(ConnectionDone)
