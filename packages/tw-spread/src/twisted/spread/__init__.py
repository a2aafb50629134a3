"""Perspective Broker: remote calls, copies and caches of objects, and what they are made of.

`banana` carries expressions of lists, numbers and bytes, `jelly` makes expressions of objects and
back, `flavors` has the classes of objects that go over a connection, and `pb` joins them.
"""
