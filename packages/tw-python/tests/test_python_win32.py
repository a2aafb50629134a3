"""Errors of Windows, and its command lines."""

import errno
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python import win32


def divided(line: str) -> list[str]:
    """Divide a command line as the C runtime of Windows does."""
    words: list[str] = []
    word: str | None = None
    quoted = False
    index = 0
    while index < len(line):
        char = line[index]
        slashes = 0
        while index < len(line) and line[index] == "\\":
            slashes += 1
            index += 1
        if slashes:
            word = word or ""
            if index < len(line) and line[index] == '"':
                word += "\\" * (slashes // 2)
                if slashes % 2:
                    word += '"'
                    index += 1
            else:
                word += "\\" * slashes
            continue
        index += 1
        if char == '"':
            word = word or ""
            quoted = not quoted
        elif char in " \t" and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + char
    return words if word is None else [*words, word]


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("abc", "abc"),
        ("a b", '"a b"'),
        ('a"b', r'"a\"b"'),
        ("a\\", "a\\"),
        ("a \\", r'"a \\"'),
        ('a\\"b', r'"a\\\"b"'),
        ("", '""'),
        ("a\tb", '"a\tb"'),
    ],
)
def test_a_word_is_quoted_where_it_must_be(word: str, quoted: str) -> None:
    assert win32.cmdLineQuote(word) == quoted


def test_words_are_joined() -> None:
    assert win32.quoteArguments(["a", "b c", 'd"']) == r'a "b c" "d\""'


@given(st.lists(st.text('ab\\" \t', max_size=8)))
def test_a_command_line_is_divided_into_the_same_words(words: list[str]) -> None:
    assert divided(win32.quoteArguments(words)) == words


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has errors of its own")
def test_elsewhere_the_error_is_one_that_is_never_raised() -> None:
    assert win32.WindowsError is win32.FakeWindowsError
    assert issubclass(win32.WindowsError, OSError)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has errors of its own")
def test_elsewhere_the_text_of_an_error_is_that_of_its_errno() -> None:
    assert win32.formatError(errno.ENOENT) == os.strerror(errno.ENOENT)


def test_files_are_opened_as_they_are() -> None:
    assert getattr(os, "O_BINARY", 0) == win32.O_BINARY
