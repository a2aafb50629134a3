"""Adds the command `finger` to `twist`."""

from twisted.application.service import ServiceMaker

finger = ServiceMaker("Finger", "fingerd.tap", "Answer finger queries (RFC 1288).", "finger")
