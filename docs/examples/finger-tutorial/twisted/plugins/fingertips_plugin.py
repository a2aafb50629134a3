"""Adds the command `fingertips` to twistd and twist."""

from twisted.application.service import ServiceMaker

fingertips = ServiceMaker("Fingertips", "fingertips.tap", "Run a finger service.", "fingertips")
