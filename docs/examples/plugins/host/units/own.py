"""Convert with units of the program's own plugin package: `python -m units.own`."""

import units.plugins
from twisted.plugin import getPlugins
from units.iunits import IUnit

for unit in getPlugins(IUnit, units.plugins):
    print(f"1 {unit.name} is {unit.meters(1):g} m")
