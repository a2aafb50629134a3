"""The command that writes Python source as a page of HTML."""

import sys
from pathlib import Path

import pytest

from twisted.scripts import htmlizer


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> None:
    """Run the command with some words."""
    monkeypatch.setattr(sys, "argv", ["pyhtmlizer", *map(str, words)])
    htmlizer.run()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a&b.py"
    path.write_text("x = 1\n")
    return path


def test_the_page_lies_beside_the_source(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, source)
    page = source.with_name("a&b.py.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert '<pre><span class="py-src-variable">x</span> = ' in page
    assert page.endswith("</pre>\n</body>\n</html>\n")


def test_the_page_names_the_source(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, source)
    page = source.with_name("a&b.py.html").read_text()
    assert "<title>a&amp;b.py</title>" in page
    assert '<link rel="alternate" href="a&amp;b.py" type="text/x-python" />' in page
    assert "stylesheet" not in page


@pytest.mark.parametrize("words", [["-s", 'a"b.css'], ['--stylesheet=a"b.css']])
def test_the_page_links_to_a_style_sheet(
    source: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    run(monkeypatch, *words, source)
    page = source.with_name("a&b.py.html").read_text()
    assert '<link rel="stylesheet" href="a&quot;b.css" type="text/css" />' in page


def test_a_source_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="Wrong number of arguments"):
        run(monkeypatch)


def test_a_source_that_is_not_there_is_told_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="No such file"):
        run(monkeypatch, tmp_path / "x.py")
    assert list(tmp_path.iterdir()) == []
