"""The gate of the layout and the habits: the repository keeps them, and planted faults are found."""

import shutil
import subprocess
import sys

import pytest

from .small_house import ROOT, SmallHouse

SOURCE = "packages/tw-python/src/twisted/python/_planted.py"
TEST = "packages/tw-python/tests/test_planted.py"
DOCSTRING = '"""A room."""\n'
HOW_TO = """# Laying bricks

Bricks, new in tw-python 26.11.0, make walls.
It is for masons who know what a wall is.

You will be able to

- lay a brick,
- lay another.

## Lay

```{literalinclude} ../examples/lay.py
```

## Conclusion

You laid two bricks, and [architecture](../architecture.md) is next.
"""


def findings(root: object) -> str:
    """Return what the gate says about a repository, nothing if all is well."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "hygiene.py", str(root)], capture_output=True, text=True
    )
    return done.stderr


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """A small repository without faults; no environment is needed for this gate."""
    house = SmallHouse(tmp_path_factory.mktemp("tidy"))
    house.build()
    assert findings(house.root) == ""
    return house


def test_the_repository_keeps_its_own_rules() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("git knows which files belong to the repository, and this is no clone")
    assert findings(ROOT) == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("setup.cfg", "", "does not belong at the root"),
        ("docs/a.md", "a\tb\n", "has a tab"),
        ("docs/a.md", "a \n", "has blanks at its end"),
        ("docs/a.md", "a", "does not end with a newline"),
        ("docs/a.md", "see /ro" + "ot/notes\n", "names a path of one machine"),
        ("docs/a.md", "the behavi" + "our\n", "is spelled the British way"),
        ("docs/a.md", "One sentence. And another.\n", "holds more than one sentence"),
        (
            "packages/tw-logger/src/twisted/python/__init__.py",
            DOCSTRING,
            "hides the modules of the other distributions",
        ),
        ("packages/tw-logger/src/twisted/plugins/__init__.py", DOCSTRING, "belongs to tw-plugin"),
        ("packages/tw-python/tests/__init__.py", "", "makes pytest lose tests"),
        ("tests-integration/test_brick.py", DOCSTRING, "has the name of"),
        (SOURCE, DOCSTRING + "A = 1\n" * 700, "is too long"),
        (SOURCE, "A = 1\n", "has no docstring"),
        (SOURCE, DOCSTRING + "class A:\n    pass\n", "A has no docstring"),
        (SOURCE, DOCSTRING + "def a():\n    pass\n", "a has no docstring"),
        (
            SOURCE,
            DOCSTRING + 'class A:\n    """An A."""\n    async def a(self):\n        pass\n',
            "A.a has no docstring",
        ),
        (SOURCE, DOCSTRING + "if 1:\n    def a():\n        pass\n", "a has no docstring"),
        (SOURCE, DOCSTRING + "def _a(b):\n    b.__c = 1\n", "__c is mangled"),
        (SOURCE, DOCSTRING + "def _a():\n    __c = 1\n", "__c is mangled"),
        (SOURCE, DOCSTRING + "class _A:\n    def __iadd__(self, o):\n        pass\n", "surprises"),
        (SOURCE, DOCSTRING + "class _BrickManager:\n    pass\n", "could mean anything"),
        (SOURCE, DOCSTRING + "from . import brick\n", "imports relatively"),
        (SOURCE, DOCSTRING + "from os import *\n", "imports everything"),
        (SOURCE, DOCSTRING + "import os  # noqa\n", "a noqa needs its rule"),
        (SOURCE, DOCSTRING + "import os  # noqa: F401\n", "a noqa needs its rule"),
        (SOURCE, DOCSTRING + "# TO" + "DO: more\n", "leaves something for later"),
        (SOURCE, DOCSTRING + "# -*- test-case-name: a -*-\n", "is a header line"),
        (SOURCE, DOCSTRING + "A = 1 + \\\n    2\n", "is continued by a backslash"),
        (
            TEST,
            DOCSTRING + "import pytest\n\n@pytest.mark.xfail\ndef test_a(): ...\n",
            "known to fail",
        ),
        (
            TEST,
            DOCSTRING + "import pytest\n\n@pytest.mark.skipif(True)\ndef test_a(): ...\n",
            "is skipped without a reason",
        ),
        ("docs/examples/lay.py", DOCSTRING, "is run by no test"),
        ("docs/howto/lay.md", HOW_TO.replace("# Laying bricks\n", ""), "begin with its title"),
        ("docs/howto/lay.md", HOW_TO.replace("It is for masons", "By masons"), "which audience"),
        ("docs/howto/lay.md", HOW_TO.replace("- lay another.", ""), "will be able to do"),
        ("docs/howto/lay.md", HOW_TO.replace("## Conclusion", "## End"), "called Conclusion"),
        ("docs/howto/lay.md", HOW_TO.replace("](", "] ("), "does not link from its conclusion"),
        ("docs/howto/lay.md", HOW_TO.replace("new in", "in"), "since which release"),
        ("docs/howto/lay.md", HOW_TO + "\n```python\nlay()\n```\n", "shows code that no test runs"),
        ("docs/audit/tw-python.md", "# Audit\n", "has no table with the columns"),
        ("packages/tw-python/src/twisted/python/extra.py", DOCSTRING, "does not name"),
    ],
)
def test_a_planted_fault_is_found(tidy: SmallHouse, name: str, text: str, said: str) -> None:
    with tidy.planted(name, text):
        assert said in findings(tidy.root)


def test_a_how_to_that_has_its_form_is_left_alone(tidy: SmallHouse) -> None:
    with tidy.planted("docs/howto/lay.md", HOW_TO):
        assert findings(tidy.root) == ""


def test_a_part_without_an_audit_is_found(tidy: SmallHouse) -> None:
    audit = tidy.root / "docs/audit/tw-logger.md"
    text = audit.read_text()
    audit.unlink()
    try:
        assert "docs/audit/tw-logger.md:1: is missing" in findings(tidy.root)
    finally:
        audit.write_text(text)


def test_a_command_without_a_manual_page_is_found(tidy: SmallHouse) -> None:
    project = "packages/tw-logger/pyproject.toml"
    command = '\n[project.scripts]\ndiary = "twisted.logger:write"\n'
    with tidy.planted(project, command, after=True):
        assert "man/diary.1:1: is missing" in findings(tidy.root)
        with tidy.planted("packages/tw-logger/man/diary.1", ".TH diary 1\n"):
            assert "does not ship man/diary.1" in findings(tidy.root)


@pytest.mark.skipif(shutil.which("man") is None, reason="needs man, from Debian's man-db")
@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("packages/*/man/*.1")), ids=lambda page: page.name
)
def test_manual_pages_are_shown_without_a_warning(page: object) -> None:
    done = subprocess.run(
        ["man", "--warnings", "--local-file", str(page)],
        env={"LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MANWIDTH": "80", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert "SYNOPSIS" in done.stdout
