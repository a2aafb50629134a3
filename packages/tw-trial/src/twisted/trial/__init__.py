"""Unit tests for code with Deferreds, coroutines and reactors.

`twisted.trial.unittest` has the classes that tests derive from; the command `trial` runs them.
"""
