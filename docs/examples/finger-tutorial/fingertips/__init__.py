"""A finger service with exchangeable parts, the library of the finger tutorial.

`interfaces` says how the parts see each other, and `adapters` makes them fit. `protocols` talks to
clients; `memory`, `statusfile`, `program`, `plans` and `elsewhere` are places to know users from;
`making` puts a service together, and `tap` reads the command line of `twistd fingertips`.
"""
