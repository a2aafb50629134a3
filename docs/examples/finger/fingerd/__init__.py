"""A finger service (RFC 1288), from the inside out.

`query`, `users` and `answers` know no network, no files and no clock. `userfile` reads the users
from a file, `protocol` talks to one client, `service` listens and stops, `tap` reads the command
line, and `twisted/plugins/finger_plugin.py` beside this package makes it `twist finger`.
"""
