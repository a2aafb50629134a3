"""Services, and the command that runs them.

`service` says what a service is, `internet` has ready-made ones, `twist` is the command that runs
a service that a plugin makes, `runner` is what the command is made of, `reactors` and `app` name
the choice of a reactor.
"""
