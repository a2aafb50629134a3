"""Adds the command `shout` to `twist`."""

from twisted.application.service import ServiceMaker

# What it is called, the module with Options and makeService, the help text, the command.
shout = ServiceMaker("Shout", "shouttap", "Answer each line in capital letters.", "shout")
