"""What commands that run an application are made of, and `twistd` is one of them.

`ServerOptions` are the options, `ApplicationRunner` runs what they name, `AppLogger` and
`AppProfiler` begin its log and profile it. `ReactorSelectionMixin` gives a command the options
`--reactor` and `--help-reactors`; it lives in tw-reactor and is named here too.
"""

from twisted.application._applogger import AppLogger
from twisted.application._apprunner import ApplicationRunner, run, startApplication
from twisted.application._debugging import fixPdb, runReactorWithLogging
from twisted.application._loading import (
    ApplicationLoadError,
    convertStyle,
    getApplication,
    getPassphrase,
    getSavePassphrase,
)
from twisted.application._profilers import AppProfiler, CProfileRunner, ProfileRunner
from twisted.application._serveroptions import ServerOptions
from twisted.internet._reactorchoice import (
    NoSuchReactor,
    ReactorSelectionMixin,
    getReactorTypes,
    installReactor,
)

__all__ = [
    "AppLogger",
    "AppProfiler",
    "ApplicationLoadError",
    "ApplicationRunner",
    "CProfileRunner",
    "NoSuchReactor",
    "ProfileRunner",
    "ReactorSelectionMixin",
    "ServerOptions",
    "convertStyle",
    "fixPdb",
    "getApplication",
    "getPassphrase",
    "getReactorTypes",
    "getSavePassphrase",
    "installReactor",
    "run",
    "runReactorWithLogging",
    "startApplication",
]
