"""What makes a process a daemon, one room each.

`_pidfile` says which process it is, `_detaching` takes it away from the terminal, `_surroundings`
changes its directories, rights and name, `_options`, `_logging` and `_apprunner` put that together
for `twistd`.
"""
