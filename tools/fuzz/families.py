"""The targets, by family."""

from collections.abc import Mapping, Sequence

from fuzz.target import Target


def families() -> Mapping[str, Sequence[Target]]:
    """Return the targets by the names of their families."""
    # Not before they are needed: they import nearly all parts.
    from fuzz.targets import (
        calls,
        files,
        lines,
        logins,
        logs,
        objects,
        proxies,
        settings,
        telephony,
        words,
    )

    return {
        "lines": lines.LINES,
        "words": words.WORDS,
        "proxies": proxies.PROXIES,
        "ftp": files.FTP,
        "sip": telephony.SIP,
        "amp": calls.AMP,
        "cred": logins.CRED,
        "spread": objects.SPREAD,
        "settings": settings.SETTINGS,
        "logger": logs.LOGGER,
    }
