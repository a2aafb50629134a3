"""Adds the command `gatehouse` to `twistd` and `twist`."""

from twisted.application.service import ServiceMaker

gatehouse = ServiceMaker("Gatehouse", "gatehouse.tap", "Let in who knows the word.", "gatehouse")
