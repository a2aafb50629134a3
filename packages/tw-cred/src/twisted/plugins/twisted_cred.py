"""The kinds of checker that tw-cred has, for `--auth`."""

from twisted.cred._checkerfactories import anonymous, file, memory, passwd, unix

__all__ = ["anonymous", "file", "memory", "passwd", "unix"]
