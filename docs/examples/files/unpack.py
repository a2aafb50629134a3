"""Unpack a zip archive that a stranger sent, and show how far it is."""

import sys
import zipfile

from twisted.python.filepath import InsecurePath
from twisted.python.zipstream import unzipIterChunky

archive, directory = sys.argv[1:]
try:
    # Between two chunks the program can do something else.
    for left in unzipIterChunky(archive, directory, chunksize=65536, maxSize=10_000_000):
        print("chunks left:", left)
except (InsecurePath, ValueError, zipfile.BadZipFile) as error:
    sys.exit(f"unpack.py: {error}")
