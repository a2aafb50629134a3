"""The types of endpoint descriptions that are always there."""

from twisted.internet.endpoints._parsers import TCPClientParser, TCPServerParser

tcpServer: TCPServerParser = TCPServerParser("tcp", 4)
tcp4Server: TCPServerParser = TCPServerParser("tcp4", 4)
tcp6Server: TCPServerParser = TCPServerParser("tcp6", 6)

tcpClient: TCPClientParser = TCPClientParser("tcp", None)
tcp4Client: TCPClientParser = TCPClientParser("tcp4", 4)
tcp6Client: TCPClientParser = TCPClientParser("tcp6", 6)
