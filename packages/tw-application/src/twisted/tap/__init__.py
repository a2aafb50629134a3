"""Modules that make services of the protocols of tw-protocols, for commands of `twistd`.

Each has a class `Options` and a function `makeService`, which is the custom for such modules.
"""
