"""A network that is simulated: deterministic, and as rough as you like.

- `_conditions`: how slow, how rough, how unreliable the network is;
- `_timeline`: time, and the one source of chance;
- `_sockets`: stream sockets;
- `_reactor`: the real reactor over them;
- `_network`: hosts, and the loop of them all;
- `_traffic`: random traffic that is checked byte by byte.
"""
