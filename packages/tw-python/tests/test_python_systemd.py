"""The descriptors that systemd hands on."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

from twisted.python.systemd import ListenFDs


def told(
    count: str = "2", names: str | None = "web:mail", pid: str | None = None
) -> dict[str, str]:
    """Return an environment as systemd makes it."""
    found = {"LISTEN_FDS": count, "LISTEN_PID": str(os.getpid()) if pid is None else pid}
    return found if names is None else {**found, "LISTEN_FDNAMES": names}


def test_the_descriptors_are_counted_from_three() -> None:
    found = ListenFDs.fromEnvironment(told())
    assert found.inheritedDescriptors() == [3, 4]


def test_the_descriptors_have_names() -> None:
    found = ListenFDs.fromEnvironment(told())
    assert found.inheritedNamedDescriptors() == {"web": 3, "mail": 4}


def test_the_first_descriptor_can_be_another() -> None:
    assert ListenFDs.fromEnvironment(told(), start=10).inheritedDescriptors() == [10, 11]


def test_names_may_be_missing() -> None:
    found = ListenFDs.fromEnvironment(told(names=None))
    assert found.inheritedDescriptors() == [3, 4]
    assert found.inheritedNamedDescriptors() == {}


def test_of_descriptors_with_one_name_the_last_is_found() -> None:
    found = ListenFDs.fromEnvironment(told(names="web:web"))
    assert found.inheritedDescriptors() == [3, 4]
    assert found.inheritedNamedDescriptors() == {"web": 4}


def test_no_variables_are_no_descriptors() -> None:
    assert ListenFDs.fromEnvironment({}).inheritedDescriptors() == []
    assert ListenFDs.fromEnvironment({"LISTEN_FDS": "1"}).inheritedDescriptors() == []
    assert ListenFDs.fromEnvironment({"LISTEN_PID": str(os.getpid())}).inheritedDescriptors() == []


def test_descriptors_of_another_process_are_none_of_ours() -> None:
    assert ListenFDs.fromEnvironment(told(pid=str(os.getppid()))).inheritedDescriptors() == []


@pytest.mark.parametrize("text", ["", "x", "-1", "+2", "2_0", " 2", "٢", "9" * 30, "65537"])
def test_a_count_that_is_no_number_is_none(text: str) -> None:
    assert ListenFDs.fromEnvironment(told(count=text, names=None)).inheritedDescriptors() == []


@pytest.mark.parametrize("text", ["", "x", "-1", "9" * 30])
def test_a_process_that_is_no_number_is_another(text: str) -> None:
    assert ListenFDs.fromEnvironment(told(pid=text)).inheritedDescriptors() == []


@pytest.mark.parametrize("names", ["", "web", "web:mail:more"])
def test_names_must_be_as_many_as_descriptors(names: str) -> None:
    assert ListenFDs.fromEnvironment(told(names=names)).inheritedDescriptors() == []


def test_the_environment_of_this_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in told().items():
        monkeypatch.setenv(name, value)
    assert ListenFDs.fromEnvironment().inheritedDescriptors() == [3, 4]
    assert os.environ["LISTEN_FDS"] == "2"


def test_what_is_returned_can_be_changed() -> None:
    found = ListenFDs([3], ["web"])
    found.inheritedDescriptors().append(5)
    found.inheritedNamedDescriptors().clear()
    assert found.inheritedDescriptors() == [3]
    assert found.inheritedNamedDescriptors() == {"web": 3}


def test_its_repr_and_its_equality() -> None:
    assert repr(ListenFDs([3], ["web"])) == "ListenFDs([3], ['web'])"
    assert ListenFDs([3], ["web"]) == ListenFDs([3], ["web"])
    assert hash(ListenFDs([3], ["web"])) == hash(ListenFDs([3], ["web"]))
    assert ListenFDs([3]) != ListenFDs([4])
    assert ListenFDs([3]) != [3]


def test_taking_cleans_the_environment() -> None:
    environment = {**told(), "LISTEN_PIDFDID": "1", "HOME": "/"}
    found = ListenFDs.takeFromEnvironment(environment, start=100_000)
    assert found.inheritedDescriptors() == [100_000, 100_001]
    assert environment == {"HOME": "/"}


def test_what_was_taken_is_not_inherited() -> None:
    with socket.socket() as server:
        server.set_inheritable(True)
        ListenFDs.takeFromEnvironment(told("1", "web"), start=server.fileno())
        assert not server.get_inheritable()


def test_looking_changes_nothing() -> None:
    environment = told()
    with socket.socket() as server:
        server.set_inheritable(True)
        ListenFDs.fromEnvironment(environment, start=server.fileno())
        assert server.get_inheritable()
    assert environment == told()


@pytest.mark.skipif(
    shutil.which("systemd-socket-activate") is None, reason="systemd-socket-activate is missing"
)
def test_systemd_hands_on_a_socket() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = (
        "import socket\n"
        "from twisted.python.systemd import ListenFDs\n"
        "found = ListenFDs.takeFromEnvironment().inheritedNamedDescriptors()\n"
        "with socket.socket(fileno=found['web']) as server:\n"
        "    peer, address = server.accept()\n"
        "    with peer: peer.sendall(b'handed on')\n"
    )
    activate = ["systemd-socket-activate", f"--listen=127.0.0.1:{port}", "--fdname=web"]
    with subprocess.Popen(
        [*activate, *(f"--setenv={name}" for name in ("PATH",)), sys.executable, "-c", program],
        stderr=subprocess.DEVNULL,
    ) as service:
        for _ in range(600):
            try:
                client = socket.create_connection(("127.0.0.1", port))
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        else:
            service.kill()
            pytest.fail("systemd-socket-activate does not listen")
        with client:
            client.settimeout(60)
            assert client.recv(100) == b"handed on"
