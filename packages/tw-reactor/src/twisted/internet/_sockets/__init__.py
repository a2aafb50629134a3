"""The transports over the operating system's sockets, one kind to a room.

- `_addressing`: literals, and the addresses that the socket functions give and take;
- `_filedescriptor`: what every transport over a descriptor does: gather, send, wait, close;
- `_connection`: a TCP connection;
- `_port`: a TCP port that accepts connections;
- `_connector`: an attempt to connect by TCP, and its repetition.
"""
