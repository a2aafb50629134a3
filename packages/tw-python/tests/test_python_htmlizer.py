"""Python source as HTML."""

import html
import io
import re
import sys
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python import htmlizer

SPAN = re.compile(r'<span class="py-src-(\w+)">(.*?)</span>', re.DOTALL)


def page(source: bytes | str, smaller: bool = False) -> str:
    """Return the HTML for some source."""
    out = io.BytesIO()
    data = source.encode() if isinstance(source, str) else source
    writer = htmlizer.SmallerHTMLWriter if smaller else htmlizer.HTMLWriter
    htmlizer.filter(io.BytesIO(data), out, writer)
    return out.getvalue().decode()


def kinds(source: str, *wanted: str) -> list[tuple[str, str]]:
    """Return the tokens of some kinds, with their kinds."""
    found = SPAN.findall(page(source))
    return [(kind, html.unescape(text)) for kind, text in found if not wanted or kind in wanted]


def textOf(source: bytes | str) -> str:
    """Return the text that a browser shows for some source."""
    return html.unescape(re.sub(r"<[^>]*>", "", page(source)))[:-1]


def test_tokens_stand_in_elements_of_a_class() -> None:
    assert page("x\n") == (
        '<pre><span class="py-src-variable">x</span><span class="py-src-newline">\n</span></pre>\n'
    )


def test_fewer_elements_are_written() -> None:
    assert page("x = 1\n", smaller=True) == (
        '<pre><span class="py-src-variable">x</span> = <span class="py-src-number">1</span>\n'
        "</pre>\n"
    )


def test_characters_with_a_meaning_are_escaped() -> None:
    assert page("'<&\"'", smaller=True) == (
        '<pre><span class="py-src-string">&#x27;&lt;&amp;&quot;&#x27;</span></pre>\n'
    )


def test_keywords_strings_and_comments_are_told_apart() -> None:
    assert kinds("if x: # why\n    return 'a'\n", "keyword", "string", "comment", "variable") == [
        ("keyword", "if"),
        ("variable", "x"),
        ("comment", "# why"),
        ("keyword", "return"),
        ("string", "'a'"),
    ]


def test_what_is_defined_is_an_identifier() -> None:
    source = "class A(B): pass\nasync def f(): f()\n"
    assert kinds(source, "identifier") == [("identifier", "A"), ("identifier", "f")]


def test_parameters_are_told_from_what_else_stands_in_the_brackets() -> None:
    source = "def f(a, b: int = g(c, d), *e, **h) -> i(j): k(l, m)\n"
    assert [name for _, name in kinds(source, "parameter")] == ["a", "b", "e", "h"]


def test_a_string_with_values_is_a_string() -> None:
    assert ("variable", "x") in kinds('f"{x}"\n') or ("string", 'f"{x}"') in kinds('f"{x}"\n')
    assert textOf('f"a {{ {x!r:>{n}} }}"\n') == 'f"a {{ {x!r:>{n}} }}"\n'


def test_a_continued_line_keeps_its_backslash() -> None:
    assert textOf("x = 1 + \\\n    2\n") == "x = 1 + \\\n    2\n"


def test_a_declared_encoding_is_read() -> None:
    source = b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"
    assert "é" in page(source)


@pytest.mark.parametrize(
    "source", ["x = (\n", "'''", "a $ b\n", "def f():\n  a\n b\n", "x\n\\", "x\fy\n", "\x00", "   "]
)
def test_what_is_no_python_is_written_as_it_is(source: str) -> None:
    assert textOf(source) == source


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert textOf(b"\xff\n") == "\ufffd\n"


def test_lines_end_with_a_line_feed() -> None:
    assert textOf(b"if x:\r\n\ty\r") == "if x:\n\ty\n"


SNIPPETS = [
    "def",
    " ",
    "\n",
    "    ",
    "(",
    ")",
    "f'{x}'",
    "{{",
    '"',
    "'''",
    "#",
    "\\\n",
    "x",
    "é",
    "1",
]


@given(
    st.one_of(
        st.lists(st.sampled_from(SNIPPETS)).map("".join),
        st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=30),
    )
)
def test_the_text_of_the_page_is_the_text_of_the_source(source: str) -> None:
    assert textOf(source.encode()) == source.removeprefix("\ufeff")


def test_a_printer_takes_the_tokens_of_the_standard_library() -> None:
    source = "def f(a):\n    return a\n"
    out: list[bytes] = []
    printer = htmlizer.TokenPrinter(lambda token, type=None: out.append(token))
    for token in tokenize.tokenize(io.BytesIO(source.encode()).readline):
        printer.printtoken(*token)
    assert b"".join(out).decode() == source
    assert printer.encoding == "utf-8"


def test_a_file_is_written_to_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "x.py").write_text("x")
    monkeypatch.setattr(sys, "argv", ["htmlizer", str(tmp_path / "x.py")])
    htmlizer.main()
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b'<pre><span class="py-src-variable">x</span></pre>\n'
