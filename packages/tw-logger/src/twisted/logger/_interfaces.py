"""What an event is, and what observes events.

An event is a plain dictionary. A `Logger` makes one for each call of its methods: the keywords of
the call, and these keys of the system:

- `log_logger`: the `Logger`;
- `log_source`: the object or class that the Logger was taken from, or None;
- `log_level`: a constant of `LogLevel`;
- `log_namespace`: the category, a dotted name;
- `log_format`: the format string, or None;
- `log_time`: seconds since the epoch, a float;
- `log_failure`: a `Failure`, if the event is about one.

Every other key that begins with `log_` is reserved too. `log_system`, where it is given, replaces
namespace and level in the prefix of a text line.
"""

from typing import Any

from twisted.python.components import Interface

LogEvent = dict[str, Any]
"""An event. Its values are whatever the program logs, so this is the one place for `Any`."""


class ILogObserver(Interface):
    """Something that is called with each event.

    Any callable that takes one argument may be registered; it need not declare this interface.

    An observer is called in the thread that logs, so in any thread and in several at once, and
    must return soon. It must not change the event: other observers see the same dictionary.
    """

    def __call__(self, event: LogEvent, /) -> None:
        """Look at an event.

        Args:
            event: The event. Objects in it may change later, so an observer that wants to look
                at them later must copy what it needs.
        """


__all__ = ["ILogObserver", "LogEvent"]
