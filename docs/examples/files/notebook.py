"""Keep notes in a directory, under names that anybody may choose."""

import sys

from twisted.python.filepath import FilePath, InsecurePath

if len(sys.argv) not in (3, 4):
    sys.exit("Usage: notebook.py DIRECTORY NAME [TEXT]")

notes = FilePath(sys.argv[1])
notes.makedirs(ignoreExistingDirectory=True)
try:
    # Whatever the name is: the note is directly in the directory, or there is an error.
    note = notes.child(sys.argv[2] + ".txt")
except InsecurePath as error:
    sys.exit(f"notebook.py: {error}")

if len(sys.argv) == 4:
    # Nobody ever reads half a note, not even after a crash.
    note.setContent(sys.argv[3].encode())
elif note.isfile():
    print(note.getContent().decode())
else:
    sys.exit("notebook.py: there is no such note")
