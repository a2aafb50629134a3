"""Child processes: the pipes to them, starting them, and learning of their end.

`_pipes` are this side's ends of the pipes, `_launch` starts a program with descriptors, directory
and user of its own, `_reaping` learns of its end, `_process` and `_ptyprocess` are the transports
that put these together, `_spawning` is what a reactor adds to them.
`_stdio` makes a transport of this process's own standard input and output.
"""
