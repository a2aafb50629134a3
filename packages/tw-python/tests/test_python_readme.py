"""The example of the README runs and prints what it says."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"


def test_the_example_prints_what_the_text_says(capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    exec(compile(example, str(README), "exec"), {"__name__": "example"})
    said = re.search(r"^It prints `(.*)`\.$", text, re.MULTILINE)
    assert said is not None
    assert capsys.readouterr().out == said[1] + "\n"
