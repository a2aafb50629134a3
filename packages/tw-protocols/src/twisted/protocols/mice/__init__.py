"""Mice on serial ports."""
