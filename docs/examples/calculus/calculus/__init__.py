"""Arithmetic, and a service for it, stage by stage."""
