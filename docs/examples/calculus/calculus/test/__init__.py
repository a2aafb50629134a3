"""The tests of each stage."""
