"""The sides that are compared, and the environments they run in.

Ours is the environment of the runner, and in the compiled form one of its own, made anew in each
run, which takes half a minute. Every other side has a virtual environment of its own, made
on first use: the incumbent shares our import name and must never be installed beside us. It is used
as a black box, through its documented API, in its own process.
"""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which

import compiled
from bench.errors import BenchError
from parts import Part

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = Path(__file__).parent / "programs"

# What is installed into the environment of each kind of side; None is the runner's own.
ENVIRONMENTS: dict[str, tuple[str, ...] | None] = {
    "tw": None,
    "incumbent": ("Twisted==26.10.0",),
    # With the same OpenSSL as ours, whose environment has what tw-tls requires.
    "incumbent-tls": ("Twisted[tls]==26.10.0",),
    "asyncio": (),
    "uvloop": ("uvloop==0.23.0",),
    "pytest": ("pytest==9.2.0",),
    "plot": ("matplotlib==3.11.2",),
}


@dataclass(frozen=True)
class Side:
    """One of the programs that a workload compares.

    Attributes:
        name: What the tables call it.
        environment: The key of its environment in `ENVIRONMENTS`.
        program: The file below `programs/`, or the name of a command of the environment.
        arguments: What the program gets on its command line.
    """

    name: str
    environment: str
    program: str
    arguments: tuple[str, ...] = ()

    def again(self) -> "Side":
        """Return the same side under another name: compared with itself it shows the noise."""
        return replace(self, name=self.name + CONTROL)


CONTROL = "-again"

# Which part a side holds in its compiled form.
COMPILED = {"tw-compiled": "tw-defer", "tw-spread-compiled": "tw-spread"}


class Environments:
    """The virtual environments below a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ready: dict[str, Path] = {}

    def python(self, name: str) -> Path:
        """Return the interpreter of an environment, which is made unless it is there.

        Args:
            name: A key of `ENVIRONMENTS`.

        Raises:
            BenchError: It cannot be made.
        """
        if name not in self._ready:
            self._ready[name] = self._prepare(name)
        return self._ready[name]

    def _prepare(self, name: str) -> Path:
        if name in COMPILED:
            return self._compile(name)
        requirements = ENVIRONMENTS[name]
        if requirements is None:
            return Path(sys.executable)
        home = self._directory / name
        python = home / "bin" / "python"
        stamp = home / "holds"
        # Another Python or another requirement: make it anew.
        contents = "\n".join([sys.version, *requirements])
        if stamp.exists() and stamp.read_text(encoding="utf-8") == contents:
            return python
        self._uv(name, "venv", "--clear", "--python", sys.executable, str(home))
        if requirements:
            self._uv(name, "pip", "install", "--python", str(python), *requirements)
        stamp.write_text(contents, encoding="utf-8")
        return python

    def _compile(self, name: str) -> Path:
        print(f"compiling {COMPILED[name]}", file=sys.stderr)
        try:
            return compiled.install(
                Part(ROOT / "packages" / COMPILED[name]), self._directory / name
            )
        except subprocess.CalledProcessError as error:
            raise BenchError(
                f"cannot compile {COMPILED[name]}: it needs a C compiler, uv and a package index; "
                "go on line and repeat, or name the sides that you want with --sides"
            ) from error

    def _uv(self, name: str, *arguments: str) -> None:
        # The second place is where dev.py has it, for those who did not come by way of dev.py.
        uv = which("uv") or which("uv", path=ROOT / ".venv" / "bin")
        if uv is None:
            raise BenchError(
                "`uv` is not on PATH: run `python3 tools/dev.py bench`, which provides it"
            )
        self._directory.mkdir(parents=True, exist_ok=True)
        log = self._directory / f"{name}.log"
        with log.open("w") as output:
            done = subprocess.run([uv, *arguments], stdout=output, stderr=output, check=False)
        if done.returncode != 0:
            raise BenchError(
                f"cannot make the environment {name!r} (why: {log}): it needs a package index; "
                "go on line and repeat, or name the sides that you want with --sides"
            )
