"""Servers of databases for tests: started in a directory of their own, as an unprivileged user.

They listen on UNIX sockets alone, keep nothing safe from a loss of power, and end with the tests.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120.0
"""How many seconds to wait for a server that starts or ends on a machine that is busy."""


DEBIAN_PACKAGES = Path("/usr/lib/python3/dist-packages")
"""Where Debian keeps the modules of its own Python."""


def requireDriver(name: str) -> None:
    """Skip the test unless a driver can be imported.

    Args:
        name: Its module. That of mysqlclient is taken from Debian's package, too: as a wheel it
            does not exist, and to build it takes the headers of a client library.
    """
    reason = f"the driver is not installed: pip install {name}"
    if name == "MySQLdb":
        reason = "mysqlclient is not installed for this Python: apt-get install python3-mysqldb"
        _findMySQLdb()
    pytest.importorskip(name, reason=reason, exc_type=ImportError)


def _findMySQLdb() -> None:
    """Let `import MySQLdb` find that of Debian, and nothing else of what lies beside it."""
    file = DEBIAN_PACKAGES / "MySQLdb" / "__init__.py"
    if "MySQLdb" in sys.modules or not file.exists():
        return
    spec = spec_from_file_location("MySQLdb", file, submodule_search_locations=[str(file.parent)])
    assert spec is not None
    assert spec.loader is not None
    sys.modules["MySQLdb"] = module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError:
        # It is made for another version of Python.
        del sys.modules["MySQLdb"]


class DatabaseServer(ABC):
    """A server that runs.

    Attributes:
        directory: Where it keeps all that it has.
        starts: How often it was started.
    """

    package: str
    identity: str
    """The query for what the server calls a connection."""
    sleep: str
    """A query that takes a thousand seconds."""
    socketName: str
    """The name of the socket that it listens on, in its directory."""

    def __init__(self) -> None:
        self._require()
        # Below /tmp: the name of a socket must be short, and the server's user has to get there.
        self.directory = Path(tempfile.mkdtemp(prefix="tw-", dir="/tmp"))
        # Servers refuse to run as root.
        self._user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            account = pwd.getpwnam(self._user)
            os.chown(self.directory, account.pw_uid, account.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        try:
            self._run(self._preparing())
            self.start()
            self._makeDatabase()
        except BaseException:
            self.end()
            raise

    @abstractmethod
    def drivers(self) -> dict[str, dict[str, Any]]:
        """Return the drivers for it by module, with the arguments that connect to its database."""

    @abstractmethod
    def kill(self, number: int) -> str:
        """Return the statement that ends a connection."""

    @abstractmethod
    def _preparing(self) -> list[str]:
        """Return the command that makes the files."""

    @abstractmethod
    def _serving(self) -> list[str]:
        """Return the command that serves."""

    @abstractmethod
    def _makeDatabase(self) -> None:
        """Make the database called test."""

    @abstractmethod
    def _require(self) -> None:
        """Skip if the programs are not there."""

    def connect(self, **more: Any) -> Any:
        """Connect with the first driver, past any pool; each statement is a transaction."""
        name, arguments = next(iter(self.drivers().items()))
        connection = import_module(name).connect(**{**arguments, **more})
        if callable(connection.autocommit):
            connection.autocommit(True)
        else:
            connection.autocommit = True
        return connection

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.starts += 1
        with open(self.directory / "output", "ab") as output:
            self._process = subprocess.Popen(
                self._serving(), stdin=subprocess.DEVNULL, **self._as(output)
            )
        limit = time.monotonic() + PATIENCE
        while (error := self._refusal()) is not None:
            said = (self.directory / "output").read_text(errors="replace")[-2000:]
            assert self._process.poll() is None, f"the server ended at once: {said}"
            assert time.monotonic() < limit, f"the server never answered: {error} {said}"
            time.sleep(0.05)

    def _refusal(self) -> Exception | None:
        """Return why it does not answer, or None if it does."""
        refused: type[Exception] = import_module(next(iter(self.drivers()))).OperationalError
        try:
            # PyMySQL forgets to close a socket that is refused, so it is not asked before.
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.directory / self.socketName))
            self.connect(**self._any()).close()
        except (OSError, refused) as error:
            return error
        return None

    def stop(self) -> None:
        """End it, and with it all connections."""
        process, self._process = self._process, None
        if process is None:
            return
        # To PostgreSQL it means: without waiting for clients. MariaDB asks for SIGTERM.
        process.send_signal(signal.SIGINT if "postgres" in self.package else signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def end(self) -> None:
        """End it, and remove its files."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    @abstractmethod
    def _any(self) -> dict[str, Any]:
        """Return the arguments that connect to a database that is always there."""

    def _as(self, output: Any) -> dict[str, Any]:
        """Return the arguments of a process of the server's user."""
        options: dict[str, Any] = {"stdout": output, "stderr": output, "cwd": self.directory}
        if os.geteuid() == 0:
            account = pwd.getpwnam(self._user)
            options.update(user=account.pw_uid, group=account.pw_gid, extra_groups=[])
        return options

    def _run(self, command: list[str]) -> None:
        with open(self.directory / "output", "ab") as output:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, timeout=PATIENCE, **self._as(output)
            )
        assert not done.returncode, (self.directory / "output").read_text(errors="replace")


class PostgreSQL(DatabaseServer):
    """PostgreSQL, with two drivers."""

    package = "postgresql"
    identity = "SELECT pg_backend_pid()"
    sleep = "SELECT pg_sleep(1000)"
    socketName = ".s.PGSQL.5432"

    def drivers(self) -> dict[str, dict[str, Any]]:
        where = {"host": str(self.directory), "user": "tw"}
        return {
            "psycopg": {**where, "dbname": "test"},
            "psycopg2": {**where, "database": "test"},
        }

    def kill(self, number: int) -> str:
        return f"SELECT pg_terminate_backend({number})"

    def _require(self) -> None:
        # Debian keeps them off the path, a folder for each version.
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        found = shutil.which("initdb", path=os.pathsep.join(map(str, reversed(folders))))
        found = found or shutil.which("initdb")
        if found is None:
            pytest.skip("PostgreSQL is not on this machine: apt-get install postgresql")
        self._programs = Path(found).resolve().parent

    def _preparing(self) -> list[str]:
        return [
            *(str(self._programs / "initdb"), "--pgdata=data", "--auth=trust", "--username=tw"),
            *("--no-sync", "--encoding=UTF8", "--no-locale"),
        ]

    def _serving(self) -> list[str]:
        return [
            *(str(self._programs / "postgres"), "-D", "data", "-k", str(self.directory)),
            *(
                "-c",
                "listen_addresses=",
                "-c",
                "port=5432",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=150",
            ),
        ]

    def _any(self) -> dict[str, Any]:
        return {"dbname": "postgres"}

    def _makeDatabase(self) -> None:
        connection = self.connect(**self._any())
        connection.execute("CREATE DATABASE test")
        connection.close()


class MariaDB(DatabaseServer):
    """MariaDB, with two drivers."""

    package = "mariadb-server"
    identity = "SELECT CONNECTION_ID()"
    sleep = "SELECT SLEEP(1000)"
    socketName = "socket"

    def drivers(self) -> dict[str, dict[str, Any]]:
        where = {"unix_socket": str(self.directory / self.socketName), "user": "root"}
        return {
            "pymysql": {**where, "database": "test"},
            "MySQLdb": {**where, "db": "test"},
        }

    def kill(self, number: int) -> str:
        return f"KILL {number}"

    def _require(self) -> None:
        path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"))
        server = shutil.which("mariadbd", path=path)
        maker = shutil.which("mariadb-install-db", path=path)
        if server is None or maker is None:
            pytest.skip("MariaDB is not on this machine: apt-get install mariadb-server")
        self._server, self._maker = server, maker

    def _preparing(self) -> list[str]:
        return [
            *(self._maker, "--no-defaults", f"--datadir={self.directory / 'data'}"),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        ]

    def _serving(self) -> list[str]:
        return [
            *(self._server, "--no-defaults", f"--datadir={self.directory / 'data'}"),
            *(f"--socket={self.directory / self.socketName}", "--skip-networking"),
            *(f"--pid-file={self.directory / 'pid'}", "--innodb-flush-log-at-trx-commit=0"),
        ]

    def _any(self) -> dict[str, Any]:
        return {"database": "mysql"}

    def _makeDatabase(self) -> None:
        connection = self.connect(**self._any())
        connection.cursor().execute("CREATE DATABASE test")
        connection.close()
