"""The command `trial`: its options, and what it does with them."""

import gc
import os
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar

from twisted import __version__
from twisted.internet import defer
from twisted.internet._reactorchoice import ReactorSelectionMixin
from twisted.logger import globalLogBeginner
from twisted.plugin import getPlugins
from twisted.python.reflect import namedAny
from twisted.python.usage import (
    CompleteDirs,
    CompleteFiles,
    CompleteList,
    Completions,
    UsageError,
)
from twisted.python.usage import (
    Options as UsageOptions,
)
from twisted.trial._decorating import decorate
from twisted.trial._endings import endProcess
from twisted.trial._history import History, readHistory, writeHistory
from twisted.trial._kinds import AnyObject, AnyReporter, AnyStream, AnyTest
from twisted.trial._reruns import Rerunning
from twisted.trial._selection import first, ofShard, only, parseShard
from twisted.trial._testtags import getTestModules, isTestFile, loadLocalVariables
from twisted.trial.itrial import IReporter
from twisted.trial.reporter import JSONLinesReporter, JUnitReporter, ReporterTee
from twisted.trial.reporter._plugin import reporterClass
from twisted.trial.runner import TestLoader, TrialRunner
from twisted.trial.runner._orders import ORDERS, shuffled
from twisted.trial.runner._workingdirectory import WorkingDirectoryError

if TYPE_CHECKING:
    import trace

    from twisted.trial._workers._runner import WorkersRunner

_R = TypeVar("_R", bound=TrialRunner)

TBFORMAT_MAP: dict[str, str] = {
    "plain": "default",
    "default": "default",
    "emacs": "brief",
    "brief": "brief",
    "cgitb": "verbose",
    "verbose": "verbose",
}
"""For each format of tracebacks that the command knows: what failures call it."""

MOST_RERUNS = 100
"""How often a test that fails can be run again, at most."""

INTERRUPTED = 130
"""The exit status after Ctrl-C."""


def _reporterPlugins() -> Iterator[Any]:
    """Yield the plugins that name reporters."""
    return iter(getPlugins(IReporter))


def _number(text: str) -> int:
    """Return a number of a command line.

    Raises:
        ValueError: It is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(f"a number is needed, not {text!r}")
    return int(text)


_number.coerceDoc = "Must be a number."  # type: ignore[attr-defined]  # for the help


class Options(ReactorSelectionMixin, UsageOptions):
    """The options of `trial`.

    Attributes:
        tracer: What counts the lines that are executed; None without `--coverage`.
        arguments: The words that were parsed.
    """

    longdesc = (
        "Runs unit tests: those that are in packages, modules, classes, methods and files that "
        "are named, packages with all that is in them. The exit status is 0 if all of them "
        "passed, 1 if not."
    )

    optFlags: Sequence[Sequence[AnyObject]] = [
        ["help", "h", "Display this help and exit."],
        ["no-recurse", "N", "Don't search the packages in packages."],
        ["recurse", None, "Search the packages in packages (the default)."],
        ["rterrors", "e", "Print tracebacks as soon as they occur, too."],
        ["debug", "b", "Run the tests in a debugger, and stop in it at each error."],
        ["debug-stacktraces", "B", "Record where Deferreds are made and fired."],
        ["nopm", None, "Don't stop in the debugger at errors."],
        ["dry-run", "n", "Do everything but run the tests."],
        ["force-gc", None, "Collect garbage before and after each test."],
        ["profile", None, "Write a profile of the run to the temporary directory."],
        ["unclean-warnings", None, "Only warn of what tests leave in the reactor."],
        ["until-failure", "u", "Repeat the tests until one fails."],
        ["exitfirst", "x", "Stop after the first test that fails."],
        ["failed-first", None, "Run the tests first that failed in the last run."],
        ["last-failed", None, "Run only the tests that failed in the last run; all, if none did."],
    ]

    optParameters: Sequence[Sequence[AnyObject]] = [
        ["debugger", None, "pdb", "The full name of what runs the tests with --debug."],
        ["logfile", "l", "test.log", "The file for the log, in the temporary directory."],
        ["order", "o", None, "The order of the tests, see --help-orders."],
        ["reporter", None, "verbose", "What prints the results, see --help-reporters."],
        ["temp-directory", None, "_trial_temp", "The directory that the tests run in."],
        ["durations", None, 0, "List so many of the slowest tests.", _number],
        ["reruns", None, 0, "Run a test that fails again, so often at most.", _number],
        ["jobs", "j", None, "Run the tests in so many processes, or auto: one for each processor."],
        ["shard", None, None, "Run only a part of the tests: 2/3 is the second of three."],
        ["junit", None, None, "Write the results to this file, too, as JUnit XML."],
        ["jsonlines", None, None, "Write the results to this file, too, as lines of JSON."],
    ]

    compData: Completions | None = Completions(
        optActions={
            "order": CompleteList(list(ORDERS)),
            "tbformat": CompleteList(["plain", "emacs", "cgitb"]),
            "logfile": CompleteFiles(descr="file for the log"),
            "random": CompleteList([], descr="seed"),
            "temp-directory": CompleteDirs(),
        },
        extraActions=[
            CompleteFiles("*.py", descr="file | module | package | class | method", repeat=True)
        ],
    )

    tracer: "trace.Trace | None" = None
    arguments: "Sequence[str]" = ()

    def __init__(self) -> None:
        """Set the defaults."""
        super().__init__()
        self["tests"] = []
        self["random"] = None
        self["tbformat"] = "default"

    def parseOptions(self, options: "Iterable[str] | None" = None) -> None:
        """Parse a command line.

        Args:
            options: Its words; those of this process, if left out.

        Raises:
            UsageError: The options are wrong.
        """
        self.arguments = list(sys.argv[1:] if options is None else options)
        super().parseOptions(self.arguments)

    def getSynopsis(self) -> str:
        """Return the first line of the help."""
        return "Usage: trial [options] [[file|package|module|class|method] ...]"

    def coverdir(self) -> str:
        """Return the directory for the results of `--coverage`."""
        return "coverage"

    def opt_version(self) -> None:
        """Display the version and exit."""
        sys.stdout.write(f"trial {__version__}\n")
        sys.exit(0)

    def opt_help_reporters(self) -> None:
        """List the reporters, and exit."""
        rows = sorted((each.longOpt, each.description) for each in _reporterPlugins())
        sys.stdout.write("The reporters that --reporter takes:\n\n")
        sys.stdout.writelines(f"    {name:<12} {text}\n" for name, text in rows)
        sys.exit(0)

    def opt_help_orders(self) -> None:
        """List the orders of tests, and exit."""
        sys.stdout.write("The orders that --order takes:\n\n")
        sys.stdout.writelines(f"    {name:<12} {text}\n" for name, (text, _) in ORDERS.items())
        sys.exit(0)

    def opt_coverage(self) -> None:
        """Count how often each line is executed; the results go to the directory coverage in the temporary one."""
        import trace

        self.tracer = trace.Trace(count=1, trace=0)
        sys.settrace(self.tracer.globaltrace)
        self["coverage"] = True

    def opt_testmodule(self, filename: str) -> None:
        """Run the tests that a source file names in its test-case-name tag."""
        if not os.path.isfile(filename):
            raise UsageError(f"there is no file {filename!r} that could name its tests")
        if isTestFile(filename):
            self["tests"].append(os.path.abspath(filename))
            return
        try:
            names = getTestModules(filename)
        except OSError as error:
            raise UsageError(f"{filename!r} can't be read: {error}")
        if not names:
            raise UsageError(
                f"{filename!r} names no tests: its first or second line has no comment like "
                "-*- test-case-name: package.test_module -*-"
            )
        self["tests"] += [name for name in names if name not in self["tests"]]

    def opt_spew(self) -> None:
        """Print every call of a function; useful where something hangs."""
        sys.settrace(_spew)

    def opt_disablegc(self) -> None:
        """Switch the garbage collector off."""
        self["disablegc"] = 1
        gc.disable()

    def opt_tbformat(self, opt: str) -> None:
        """How to print tracebacks: plain (the default), emacs (a line for each frame) or cgitb (with variables, where they were kept)."""
        if opt not in TBFORMAT_MAP:
            raise UsageError(f"--tbformat is plain, emacs or cgitb, not {opt!r}")
        self["tbformat"] = TBFORMAT_MAP[opt]

    def opt_recursionlimit(self, arg: str) -> None:
        """How deep calls may be nested, see sys.setrecursionlimit."""
        try:
            sys.setrecursionlimit(_number(arg))
        except (ValueError, RecursionError) as error:
            raise UsageError(f"--recursionlimit: {error}")

    def opt_random(self, option: str) -> None:
        """Run the tests in an order that this number decides on; 0 takes a new one, which is printed."""
        import secrets

        try:
            self["random"] = _number(option) or 1 + secrets.randbelow(10**8)
        except ValueError as error:
            raise UsageError(f"--random: {error}")

    opt_z = opt_random

    def opt_without_module(self, option: str) -> None:
        """Fake that modules are not installed; several names are separated by commas."""
        self["without-module"] = option
        for name in option.split(","):
            if name in sys.modules:
                sys.stderr.write(f"{name} is in use already, so --without-module has no effect\n")
            else:
                # Importing it raises an ImportError from now on.
                sys.modules[name] = None  # type: ignore[assignment]  # documented, see importlib

    def parseArgs(self, *args: str) -> None:
        """Take the names of the tests."""
        self["tests"] += args

    def postOptions(self) -> None:
        """Check what contradicts itself, and find the reporter.

        Raises:
            UsageError: The options are wrong.
        """
        if self["order"] is not None and self["order"] not in ORDERS:
            raise UsageError(f"there is no order {self['order']!r}: see --help-orders")
        if self["order"] is not None and self["random"] is not None:
            raise UsageError("--order and --random exclude each other")
        if self["reruns"] > MOST_RERUNS:
            raise UsageError(f"--reruns is {MOST_RERUNS} at most")
        if self["jobs"] is not None:
            self["jobs"] = self._jobs()
        if self["shard"] is not None:
            try:
                self["shard"] = parseShard(self["shard"])
            except ValueError as error:
                raise UsageError(str(error))
        if not self["tests"]:
            raise UsageError("what is to be run? Name a package, module, class, method or file")
        self["reporter"] = _findReporter(self["reporter"])
        if self["debug-stacktraces"]:
            defer.setDebugging(True)

    def _jobs(self) -> int:
        """Return how many workers there are to be.

        Raises:
            UsageError: It is no such number, or other options make workers impossible.
        """
        from twisted.trial._workers._runner import MOST_JOBS

        for other in ("debug", "profile"):
            if self[other]:
                raise UsageError(f"--jobs and --{other} exclude each other")
        text = self["jobs"]
        if text == "auto":
            return min(len(os.sched_getaffinity(0)), MOST_JOBS)
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_JOBS):
            raise UsageError(f"--jobs is auto or a number from 1 to {MOST_JOBS}, not {text!r}")
        return int(text)


def _findReporter(name: str) -> AnyObject:
    """Return the class of a reporter.

    Raises:
        UsageError: There is none of this name.
    """
    for plugin in _reporterPlugins():
        if plugin.longOpt == name:
            return reporterClass(plugin)
    raise UsageError(f"there is no reporter {name!r}: see --help-reporters")


def _spew(frame: types.FrameType, event: str, argument: object) -> AnyObject:
    """Print that a function is called; for `sys.settrace`."""
    if event == "call":
        code = frame.f_code
        sys.stderr.write(f"{code.co_filename}:{frame.f_lineno}: {code.co_qualname}\n")


def _findDebugger(name: str) -> AnyObject:
    """Return what runs tests in a debugger.

    Raises:
        UsageError: There is nothing of this name, or it is no debugger.
    """
    try:
        found = namedAny(name)
    except Exception as error:
        raise UsageError(f"the debugger {name!r} can't be imported: {error}")
    if not callable(getattr(found, "runcall", None)):
        raise UsageError(f"{name!r} is no debugger: it has no runcall, as pdb has")
    return found


def _getLoader(config: Options) -> TestLoader:
    """Return what finds the tests."""
    if config["random"] is not None:
        return TestLoader(sorter=shuffled(config["random"]))
    if config["order"] is not None:
        return TestLoader(sorter=ORDERS[config["order"]][1])
    return TestLoader()


def allTests(config: Options) -> AnyObject:
    """Return the tests that a command line names.

    Args:
        config: The command line.
    """
    suite: AnyTest = _getLoader(config).loadByNames(
        config["tests"], recurse=not config["no-recurse"]
    )
    if config["reruns"]:
        decorate(suite, lambda test: Rerunning(test, config["reruns"]))
    return suite


def _getSuite(config: Options) -> AnyObject:
    """Return the tests that are to be run."""
    suite = allTests(config)
    if config["shard"] is not None:
        suite = ofShard(suite, config["shard"])
    failed = readHistory(config["temp-directory"]).failed
    if config["last-failed"] and failed:
        suite = only(suite, failed)
    elif config["failed-first"]:
        suite = first(suite, failed)
    return suite


def _makeReporterFactory(config: Options, files: "list[tuple[Any, TextIO]]") -> AnyObject:
    """Return what makes the reporter, or several at once if results go to files too."""

    def make(stream: AnyStream, tbformat: str, realtime: bool, publisher: AnyObject) -> AnyObject:
        reporter = config["reporter"](stream, tbformat, realtime, publisher)
        if config["durations"]:
            reporter.slowest = config["durations"]
        if not files:
            return reporter
        others = []
        for kind, file in files:
            # With --until-failure, the files hold the last run.
            file.seek(0)
            file.truncate()
            others.append(kind(file, tbformat, False, publisher))
        return ReporterTee(reporter, *others)

    return make


def makeRunner(config: Options, reporterFactory: AnyObject = None) -> TrialRunner:
    """Return what runs the tests.

    Args:
        config: The command line.
        reporterFactory: Makes the reporter, in place of the one that the command line names.
    """
    return _makeRunner(TrialRunner, config, reporterFactory)


def _makeWorkersRunner(
    config: Options, reporterFactory: AnyObject, history: History
) -> "WorkersRunner":
    """Return what runs the tests in workers."""
    from twisted.trial._workers._runner import JobsSettings, WorkersRunner

    runner = _makeRunner(WorkersRunner, config, reporterFactory)
    chosen = config["order"] or config["random"] is not None or config["failed-first"]
    runner.settings = JobsSettings(
        config["jobs"], config.arguments, config["random"], history.seconds, bool(chosen)
    )
    return runner


def _makeRunner(cls: "type[_R]", config: Options, reporterFactory: AnyObject) -> "_R":
    mode = debugger = None
    if config["debug"]:
        mode = TrialRunner.DEBUG
        debugger = _findDebugger(config["debugger"])
    elif config["dry-run"]:
        mode = TrialRunner.DRY_RUN
    runner = cls(
        reporterFactory=reporterFactory or config["reporter"],
        mode=mode,
        logfile=config["logfile"],
        profile=bool(config["profile"]),
        tracebackFormat=config["tbformat"],
        realTimeErrors=bool(config["rterrors"]),
        uncleanWarnings=bool(config["unclean-warnings"]),
        workingDirectory=config["temp-directory"],
        forceGarbageCollection=bool(config["force-gc"]),
        debugger=debugger,
        exitFirst=bool(config["exitfirst"]),
    )
    runner.postMortem = not config["nopm"]
    return runner


def _remember(config: Options, history: AnyObject, reporter: AnyReporter) -> None:
    """Keep for the next run how this one went."""
    durations = getattr(reporter, "collectedDurations", None)
    if durations is None:
        return
    failed = [test.id() for test, _ in [*reporter.errors, *reporter.failures]]
    history.ran(durations, failed)
    writeHistory(config["temp-directory"], history)


def _writeCoverage(config: Options, runner: TrialRunner, directory: str) -> None:
    """Write the results of `--coverage`."""
    tracer = config.tracer
    if tracer is None:
        return
    sys.settrace(None)
    results = tracer.results()
    if config["jobs"] is not None:
        from trace import CoverageResults

        from twisted.trial._workers._runner import WorkersRunner, mergedCoverage

        assert isinstance(runner, WorkersRunner), "there are jobs"
        results.update(CoverageResults(counts=mergedCoverage(runner.coverage)))
    target = os.path.join(directory, config.coverdir())
    results.write_results(show_missing=True, summary=False, coverdir=target)
    sys.stdout.write(f"The coverage is in {target}\n")


def _opened(option: str, name: str, stack: ExitStack) -> TextIO:
    """Return a new file for results; it is closed with a stack.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        return stack.enter_context(open(name, "w", encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{option}: {name!r} can't be written: {error}")


def _execute(config: Options, stack: ExitStack) -> int:
    """Run the tests, and return the exit status."""
    files: list[tuple[Any, TextIO]] = []
    kinds = (("junit", JUnitReporter), ("jsonlines", JSONLinesReporter))
    for option, kind in kinds:
        if config[option] is not None:
            files.append((kind, _opened(f"--{option}", config[option], stack)))
    history = readHistory(config["temp-directory"])
    factory = _makeReporterFactory(config, files)
    runner: TrialRunner
    if config["jobs"] is None:
        runner = makeRunner(config, factory)
    else:
        runner = _makeWorkersRunner(config, factory, history)
    suite = _getSuite(config)
    if config["random"] is not None:
        sys.stdout.write(f"Running tests shuffled with seed {config['random']}\n")
    result = runner.runUntilFailure(suite) if config["until-failure"] else runner.run(suite)
    _writeCoverage(config, runner, os.path.abspath(config["temp-directory"]))
    _remember(config, history, result)
    if runner.interrupted:
        return INTERRUPTED
    return 0 if result.wasSuccessful() else 1


def run(argv: "Sequence[str] | None" = None) -> NoReturn:
    """Run the command.

    Args:
        argv: The words of the command line, without the command; those of this process, if left
            out.

    Raises:
        SystemExit: Always; with the status 0 if all tests passed.
    """
    if "" not in sys.path:
        # Tests are started from the directory that holds their package.
        sys.path.insert(0, os.getcwd())
    config = Options()
    try:
        config.parseOptions(sys.argv[1:] if argv is None else argv)
        # The log goes to a file; errors are the tests' and shown by them.
        globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
        with ExitStack() as stack:
            status = _execute(config, stack)
    except (UsageError, WorkingDirectoryError) as error:
        sys.exit(f"trial: {error}\nTry 'trial --help'.")
    endProcess(status)


__all__ = [
    "TBFORMAT_MAP",
    "Options",
    "getTestModules",
    "isTestFile",
    "loadLocalVariables",
    "run",
]


if __name__ == "__main__":
    run()
