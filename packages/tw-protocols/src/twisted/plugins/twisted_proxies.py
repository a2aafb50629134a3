"""The types of endpoint descriptions for what passes connections on."""

from twisted.protocols.haproxy import HAProxyServerParser
from twisted.protocols.socks._descriptions import SOCKS4ClientParser, SOCKS5ClientParser

haproxyServer: HAProxyServerParser = HAProxyServerParser()

socks4Client: SOCKS4ClientParser = SOCKS4ClientParser("socks4", isNameForProxy=False)
socks4aClient: SOCKS4ClientParser = SOCKS4ClientParser("socks4a", isNameForProxy=True)
socks5Client: SOCKS5ClientParser = SOCKS5ClientParser()
