"""Adds the command `greeter` to `twist`."""

from twisted.application.service import ServiceMaker

greeter = ServiceMaker("Greeter", "greeter.tap", "Greet whoever connects.", "greeter")
