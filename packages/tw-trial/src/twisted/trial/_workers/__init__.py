"""Running tests in several processes at a time, which speak AMP with the one that started them.

The parent finds the tests, sorts them into batches, gives each worker a batch when it has nothing
to do, and tells the reporter what the workers tell it. The workers find the tests, too, and run
those whose names they are given.
"""
