"""Read a file that is beside this module, wherever it was installed."""

from twisted.python.modules import getModule

words = getModule(__name__).filePath.sibling("words.txt")
print(words.getContent().decode().strip())
