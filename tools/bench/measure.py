"""One measurement of one side: what it did, how long that took, and the CPU time it used.

A workload names its sides and one of the kinds of measurement below. Every measurement starts its
side anew, so that the luck of one process (hash seed, placement in memory) is not in all rounds.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from bench.errors import BenchError
from bench.processes import start
from bench.sides import PROGRAMS, Environments, Side

LOAD_SOURCE = Path(__file__).parent / "load.c"
START_SECONDS = 30.0  # until a server must have said its port
STALL_SECONDS = 5.0  # until a server that does not answer is given up
MOST_MESSAGES = 100_000_000


@dataclass(frozen=True)
class Sample:
    """What one side did in one round.

    Attributes:
        operations: How many it did.
        seconds: How long they took.
        cpu: The CPU seconds that they cost the process of the side.
        loadCpu: The CPU seconds that the load generator used meanwhile, 0 where there is none.
        waited: The seconds in which it could have run, but others had its core; 0 if unknown.
        memory: By how many bytes the memory of the side grew meanwhile; 0 if unknown.
    """

    operations: float
    seconds: float
    cpu: float
    loadCpu: float = 0.0
    waited: float = 0.0
    memory: float = 0.0

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.operations / self.seconds

    @property
    def cpuPerOperation(self) -> float:
        """CPU seconds an operation."""
        return self.cpu / self.operations

    @property
    def memoryPerOperation(self) -> float:
        """Bytes an operation."""
        return self.memory / self.operations

    @property
    def busy(self) -> float:
        """The part of the time in which the side had the CPU, 1.0 for all of it."""
        return self.cpu / self.seconds

    @property
    def disturbed(self) -> float:
        """The part of the time in which others had its core though it could have run."""
        return self.waited / self.seconds


@dataclass(frozen=True)
class Cost:
    """What an operation costs, as the tables compare it.

    Attributes:
        name: What it is.
        unit: In which unit the tables show it.
        scale: How many of these units make one of the figure.
        of: The figure of a sample.
        timed: Whether rates say something beside it.
    """

    name: str
    unit: str
    scale: float
    of: Callable[[Sample], float]
    timed: bool = True


CPU = Cost("CPU", "CPU µs", 1e6, lambda sample: sample.cpuPerOperation)
MEMORY = Cost("memory", "bytes", 1.0, lambda sample: sample.memoryPerOperation, timed=False)
TIME = Cost("time", "ms", 1e3, lambda sample: 1 / sample.rate, timed=False)


def parseSample(text: str) -> Sample:
    """Read a sample from the line of JSON that a program prints.

    Raises:
        BenchError: The line is no sample of at least one operation.
    """
    try:
        sample = Sample(**json.loads(text))
        usable = sample.operations > 0 and sample.seconds > 0 and sample.cpu > 0
    except (ValueError, TypeError):
        usable = False
    if not usable:
        raise BenchError(f"measured nothing ({text.strip()!r}): give more --seconds")
    return sample


@dataclass
class Rig:
    """What measurements share.

    Attributes:
        directory: Where built things are kept.
        environments: The environments of the sides.
        serverCore: The core of what is measured.
        loadCore: The core of the load generator.
        seconds: How long one measurement takes, without its warming up.
    """

    directory: Path
    environments: Environments
    serverCore: int
    loadCore: int
    seconds: float = 1.0

    @property
    def patience(self) -> float:
        """Seconds until a program that measures is taken to hang."""
        return 60 + 20 * self.seconds

    def command(self, side: Side, program: Path, *arguments: str | Path) -> list[str | Path]:
        """Return the command that runs a program in the environment of a side.

        No Python settings and no packages of the user get in.
        """
        return [self.environments.python(side.environment), "-E", "-s", program, *arguments]

    @cached_property
    def load(self) -> Path:
        """The load generator, compiled unless it is there and newer than its source.

        Raises:
            BenchError: There is no C compiler, or it fails.
        """
        return compileLoad(self.directory)


def compileLoad(directory: Path) -> Path:
    """Compile the load generator into a directory unless it is there and newer than its source.

    Raises:
        BenchError: There is no C compiler, or it fails.
    """
    program = directory / "load"
    if program.exists() and program.stat().st_mtime > LOAD_SOURCE.stat().st_mtime:
        return program
    compiler = shutil.which(environ.get("CC", "cc"))
    if compiler is None:
        raise BenchError(
            "no C compiler for the load generator: install one (Debian: apt install gcc libc6-dev), "
            "or name the compiler in the environment variable CC"
        )
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=directory) as fresh:
        built = Path(fresh) / "load"
        command = [compiler, "-O2", "-Wall", "-Wextra", "-o", str(built), str(LOAD_SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr.strip().splitlines() or ["no message"])[0]
            raise BenchError(f"{compiler} cannot compile {LOAD_SOURCE.name}: {said}")
        built.replace(program)
    return program


class Measurement(Protocol):
    """A kind of measurement."""

    @property
    def operation(self) -> str:
        """What is counted, in the singular."""

    @property
    def cost(self) -> Cost:
        """What is compared."""

    def prepare(self, rig: Rig) -> None:
        """Build what all sides of it need.

        Raises:
            BenchError: It cannot be built.
        """

    def take(self, rig: Rig, side: Side) -> Sample:
        """Measure a side once.

        Raises:
            BenchError: The side failed.
        """


@dataclass(frozen=True)
class Operations:
    """Times a function: the side's program is a file with a table `CASES` of functions of a count.

    Attributes:
        case: The key in that table.
        operation: What is counted.
        cost: What is compared.
    """

    case: str
    operation: str = "operation"
    cost: Cost = CPU

    def prepare(self, rig: Rig) -> None:
        """Do nothing: it needs the sides alone."""

    def take(self, rig: Rig, side: Side) -> Sample:
        """Measure a side once."""
        timer = PROGRAMS / "time_operations.py"
        command = rig.command(side, timer, PROGRAMS / side.program, self.case, str(rig.seconds))
        with start(command, rig.serverCore) as program:
            return parseSample(program.finish(rig.patience))


@dataclass(frozen=True)
class Imports:
    """Times the first import of a module, whatever the program of the side is.

    Attributes:
        module: Its name.
        then: A statement that is executed after it, and timed too.
        operation: What is counted.
        cost: What is compared.
    """

    module: str
    then: str = "pass"
    operation: str = "import"
    cost: Cost = CPU

    def prepare(self, rig: Rig) -> None:
        """Do nothing: it needs the sides alone."""

    def take(self, rig: Rig, side: Side) -> Sample:
        """Measure a side once."""
        timer = PROGRAMS / "time_import.py"
        command = rig.command(side, timer, self.module, self.then, str(rig.seconds))
        with start(command, rig.serverCore) as program:
            return parseSample(program.finish(rig.patience))


Suite = Callable[[int], Mapping[str, str]]
"""The files that a command works on, by name, for a number of operations."""


@dataclass(frozen=True)
class Command:
    """Times a command from its start to its end: the side's program is its name.

    Attributes:
        count: How many operations one run does.
        proof: A regular expression that its output must match, with `{count}` for the number.
        operation: What is counted.
        suites: The files in the directory that it runs in, by the name of the command.
        fewest: How many runs there are at least, of which the fastest counts.
        cost: What is compared.
        parallel: Whether it may use the core of the load too.
    """

    count: int
    proof: str
    operation: str
    suites: Mapping[str, Suite] = field(default_factory=dict)
    fewest: int = 1
    cost: Cost = CPU
    parallel: bool = False

    def prepare(self, rig: Rig) -> None:
        """Do nothing: it needs the sides alone."""

    def take(self, rig: Rig, side: Side) -> Sample:
        """Measure a side once."""
        with TemporaryDirectory() as directory:
            if side.program in self.suites:
                for name, text in self.suites[side.program](self.count).items():
                    Path(directory, name).write_text(text, encoding="utf-8")
            numbers = [str(number) for number in (self.count, self.fewest, rig.seconds)]
            timed = [self.proof.format(count=self.count), side.program, *side.arguments]
            timer = PROGRAMS / "time_command.py"
            command = rig.command(side, timer, directory, *numbers, *timed)
            cores = {rig.serverCore, rig.loadCore} if self.parallel else {rig.serverCore}
            with start(command, *cores) as program:
                return parseSample(program.finish(rig.patience))


@dataclass(frozen=True)
class Echo:
    """Loads an echo server: the side's program prints its port and sends back what it gets.

    Attributes:
        connections: How many there are, each with one message in flight.
        size: Of a message, in bytes.
        operation: What is counted.
        cost: What is compared.
    """

    connections: int
    size: int
    operation: str = "message"
    cost: Cost = CPU

    def prepare(self, rig: Rig) -> None:
        """Compile the load generator."""
        rig.load  # noqa: B018 - made on first access

    def take(self, rig: Rig, side: Side) -> Sample:
        """Measure a side once."""
        command = rig.command(side, PROGRAMS / side.program, *side.arguments)
        with start(command, rig.serverCore) as server:
            port = server.readLine(START_SECONDS)
            limits = [rig.seconds / 4, rig.seconds, MOST_MESSAGES, STALL_SECONDS]
            load = [rig.load, port, server.process.pid, self.connections, self.size, *limits]
            with start([str(part) for part in load], rig.loadCore) as program:
                return parseSample(program.finish(rig.patience))


@dataclass(frozen=True)
class Served:
    """Loads a server by a program in Python: the side's program prints its port.

    Attributes:
        what: What is done, see `STEPS` in `programs/load.py`.
        connections: How many there are.
        size: Of a message, in bytes.
        operation: What is counted.
        cost: What is compared.
    """

    what: str
    connections: int
    size: int
    operation: str = "message"
    cost: Cost = CPU

    def prepare(self, rig: Rig) -> None:
        """Do nothing: it needs the sides alone."""

    def take(self, rig: Rig, side: Side) -> Sample:
        """Measure a side once."""
        command = rig.command(side, PROGRAMS / side.program, *side.arguments)
        with start(command, rig.serverCore) as server:
            port = server.readLine(START_SECONDS)
            numbers = [port, server.process.pid, self.connections, self.size]
            load = [sys.executable, "-E", "-s", PROGRAMS / "load.py", self.what, *numbers]
            load += [rig.seconds / 4, rig.seconds]
            with start([str(part) for part in load], rig.loadCore) as running:
                return parseSample(running.finish(rig.patience))
