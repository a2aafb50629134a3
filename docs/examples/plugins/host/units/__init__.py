"""A program that converts lengths, and knows only the units that plugins tell it."""
