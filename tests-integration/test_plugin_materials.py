"""A program in one directory, its plugins in another, over a plain interface of zope.interface."""

import os
import subprocess
import sys
from pathlib import Path

INTERFACE = '''
from zope.interface import Attribute, Interface

class IMaterial(Interface):
    """A material."""

    def yieldStress(temperature):
        """Return a pressure in pascals, for a temperature in kelvins."""

    dielectricConstant = Attribute("A complex number.")
'''

PROGRAM = """
from matsim import imatsim
from twisted.plugin import getPlugins

for material in getPlugins(imatsim.IMaterial):
    print(f"A material with yield stress {material.yieldStress(500):.9e} at 500 K")
    print(f"Also a dielectric constant of {material.dielectricConstant}.")
"""

PLUGINS = """
from matsim import imatsim
from twisted.plugin import IPlugin
from zope.interface import implementer

@implementer(IPlugin, imatsim.IMaterial)
class SimpleMaterial:
    def __init__(self, factor, dielectricConstant):
        self.factor = factor
        self.dielectricConstant = dielectricConstant

    def yieldStress(self, temperature):
        return self.factor * temperature

steelPlate = SimpleMaterial(2.06842719e11, 2.7 + 0.2j)
brassPlate = SimpleMaterial(1.03421359e11, 1.4 + 0.5j)
"""

PLATES = """\
A material with yield stress 1.034213595e+14 at 500 K
Also a dielectric constant of (2.7+0.2j).
A material with yield stress 5.171067950e+13 at 500 K
Also a dielectric constant of (1.4+0.5j).
"""


def show(tmp_path: Path, *path: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "matsim"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(tmp_path / each) for each in path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_program_shows_the_plates_as_long_as_the_plugin_is_on_the_path(tmp_path: Path) -> None:
    host = tmp_path / "Matsim" / "matsim"
    host.mkdir(parents=True)
    (host / "__init__.py").touch()
    (host / "imatsim.py").write_text(INTERFACE)
    (host / "__main__.py").write_text(PROGRAM)
    plugins = tmp_path / "plates" / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "plates.py").write_text(PLUGINS)

    assert show(tmp_path, "Matsim") == ""
    assert show(tmp_path, "Matsim", "plates") == PLATES
    # By the cache, and with the plugins first on the path.
    assert show(tmp_path, "plates", "Matsim") == PLATES
    (plugins / "plates.py").unlink()
    assert show(tmp_path, "Matsim", "plates") == ""
