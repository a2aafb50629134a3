"""A network that is simulated: deterministic, and as rough as you like.

- `_conditions`: how slow, how rough, how unreliable the network is;
- `_timeline`: time, and the one source of chance;
- `_wire`: who is where, and how long the way takes;
- `_sockets`: stream sockets;
- `_datagramsockets`: datagram sockets;
- `_reactor`: the real reactor over them;
- `_network`: hosts, and the loop of them all;
- `_traffic`: random traffic over TCP that is checked byte by byte;
- `_datagramtraffic`: random traffic over UDP that is checked datagram by datagram.
"""
