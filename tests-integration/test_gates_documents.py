"""The gate of the documentation: a warning of Sphinx is an error."""

import configparser
import re

import pytest

from .small_house import ROOT, SmallHouse

INTERFACE = '''"""Walls."""

from zope.interface import Attribute, Interface


class IWall(Interface):
    """What keeps the wind out."""

    height: int = Attribute("In meters, of *one* floor_.")

    def paint(self, color: str, /, coats: "int" = 1) -> "bool":
        """Paint it with `color_` or *any.

        Args:
            color: Its name.

        Returns:
            Whether it is dry.
        """
'''


def test_documents_pass_in_a_house_without_faults(house: SmallHouse) -> None:
    house.passes("docs")


@pytest.mark.parametrize(
    "text",
    [
        "[nowhere](nowhere.md)\n",
        "[no heading](architecture.md#no-heading)\n",
        "```{literalinclude} examples/nothing.py\n```\n",
        "```{nonsense}\n```\n",
        "## One\n\n#### Three\n",
    ],
    ids=["link", "anchor", "example", "directive", "heading"],
)
def test_a_fault_in_a_document_is_found(house: SmallHouse, text: str) -> None:
    with house.planted("docs/index.md", f"\n{text}", after=True):
        assert "WARNING" in house.bites("docs")


def test_a_page_that_nothing_leads_to_is_found(house: SmallHouse) -> None:
    with house.planted("docs/lost.md", "# Lost\n"):
        assert "document isn't included in any toctree" in house.bites("docs")


def test_the_reference_shows_interfaces_as_they_were_declared(house: SmallHouse) -> None:
    with house.planted("packages/tw-python/src/twisted/python/wall.py", INTERFACE):
        house.passes("docs")
        page = (house.root / "docs/_generated/tw-python.rst").read_text()
    assert ".. py:method:: paint(color: str, /, coats: int=1) -> bool" in page
    assert ":type: int" in page
    assert "In meters, of" in page


ABSENT = '''"""A wall of glass, which needs a glazier."""

raise ImportError("there is no glazier: pip install glazier", name=__name__)


class Pane:
    """One of its panes."""

    def __init__(self, width: int) -> None:
        self.width = width


def glaze(wall: "Pane", panes: int = 1) -> bool:
    """Put panes into a wall."""
    return bool(wall.width and panes)


def _cut() -> None:
    """Cut a pane."""
'''


def test_a_module_that_cannot_be_imported_is_described_from_its_source(house: SmallHouse) -> None:
    listed = """
[[exceptions]]
module = "twisted.python.glass"
needs = "extra glass"
error = "pip install glazier"
"""
    with (
        house.planted("packages/tw-python/src/twisted/python/glass.py", ABSENT),
        house.planted("tools/wheel_exceptions.toml", listed),
    ):
        house.passes("docs")
        page = (house.root / "docs/_generated/tw-python.rst").read_text()
    assert "A wall of glass, which needs a glazier." in page
    assert ".. py:class:: twisted.python.glass.Pane" in page
    assert ".. py:function:: twisted.python.glass.glaze(wall: Pane, panes: int=1) -> bool" in page
    assert "_cut" not in page


def test_a_module_that_cannot_be_imported_and_is_not_listed_is_found(house: SmallHouse) -> None:
    with house.planted("packages/tw-python/src/twisted/python/glass.py", ABSENT):
        assert "there is no glazier" in house.bites("docs")


def test_the_first_mention_of_a_thing_leads_to_its_description(house: SmallHouse) -> None:
    text = "\n`twisted.python.brick.lay()`, `lay` and `twisted.python.brick.lay`, in `twisted.python.brick`\n"
    with house.planted("docs/index.md", text, after=True):
        house.passes("docs")
    page = (house.root / "build/docs/index.html").read_text()
    (said,) = re.findall("<p>.*brick.lay.*</p>", page)
    assert re.findall('href="([^"]*)"', said) == [
        "_generated/tw-python.html#twisted.python.brick.lay",
        "_generated/tw-python.html#module-twisted.python.brick",
    ]


def test_the_architecture_names_every_room(house: SmallHouse) -> None:
    house.passes("docs")
    rooms = (house.root / "build/docs/architecture.html").read_text()
    assert "twisted.logger._diary" in rooms
    assert "Entries of the diary." in rooms


def test_the_architecture_shows_each_part_on_its_floor() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / ".importlinter")
    lines = settings["importlinter:contract:floors"]["floors"].strip().split("\n")
    floors = {name.strip(): str(n) for n, line in enumerate(lines) for name in line.split("|")}
    text = (ROOT / "docs/architecture.md").read_text()
    shown = {
        part: floor for floor, part in re.findall(r"^\| (\S+) \| (tw-\w+) \|", text, re.MULTILINE)
    }
    for part in (path.name for path in ROOT.glob("packages/tw-*")):
        assert shown[part] == ("–" if part in ("tw-all", "tw-compat") else floors[part])
