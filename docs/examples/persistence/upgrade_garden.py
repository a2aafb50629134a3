"""Load a garden that an old version of the program saved: `python upgrade_garden.py`."""

from pathlib import Path

from twisted.persisted.sob import load

# What the first version wrote; it did not count versions yet.
Path("old.tas").write_text("app=Instance('garden.Garden', beds=['leek', 'rose'])\n")

print(load("old.tas", "source").beds)
