"""The reporters that tw-trial has, for `--reporter`."""

from twisted.trial.reporter._plugin import ReporterPlugin

_MODULE = "twisted.trial.reporter"

Tree: ReporterPlugin = ReporterPlugin(
    "Tree Reporter",
    _MODULE,
    "verbose color output (default reporter)",
    "verbose",
    "v",
    "TreeReporter",
)
BlackAndWhite: ReporterPlugin = ReporterPlugin(
    "Verbose Reporter", _MODULE, "colorless verbose output", "bwverbose", "o", "VerboseTextReporter"
)
Minimal: ReporterPlugin = ReporterPlugin(
    "Minimal Reporter", _MODULE, "one line of numbers", "summary", "s", "MinimalReporter"
)
MinimalByItsOwnName: ReporterPlugin = ReporterPlugin(
    "Minimal Reporter", _MODULE, "the same as summary", "minimal", None, "MinimalReporter"
)
Classic: ReporterPlugin = ReporterPlugin(
    "Text Reporter", _MODULE, "terse text output", "text", "t", "TextReporter"
)
Timing: ReporterPlugin = ReporterPlugin(
    "Timing Reporter",
    _MODULE,
    "verbose output with the time of each test",
    "timing",
    None,
    "TimingTextReporter",
)
Subunit: ReporterPlugin = ReporterPlugin(
    "Subunit Reporter",
    _MODULE,
    "subunit output (needs python-subunit)",
    "subunit",
    None,
    "SubunitReporter",
)
JUnit: ReporterPlugin = ReporterPlugin(
    "JUnit Reporter", _MODULE, "JUnit XML", "junit", None, "JUnitReporter"
)
JSONLines: ReporterPlugin = ReporterPlugin(
    "JSON Reporter", _MODULE, "a line of JSON for each test", "jsonlines", None, "JSONLinesReporter"
)
Progress: ReporterPlugin = ReporterPlugin(
    "Progress Reporter", _MODULE, "a bar on a terminal", "progress", None, "ProgressReporter"
)
