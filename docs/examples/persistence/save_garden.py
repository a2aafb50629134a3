"""Save a garden as a pickle and as source: `python save_garden.py`."""

from twisted.persisted.sob import Persistent, load

from garden import Garden

persistent = Persistent(Garden(), "garden")
persistent.save()
persistent.setStyle("source")
persistent.save(tag="backup")

print(load("garden.tap", "pickle").beds)
print(load("garden-backup.tas", "source").beds)
