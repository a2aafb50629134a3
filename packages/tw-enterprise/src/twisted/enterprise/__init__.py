"""Databases beside an event loop."""
