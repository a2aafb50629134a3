"""A program that is to be kept running: it beats a few times, and ends."""

import os
import time

for _ in range(3):
    print(f"{os.environ['WHO']} is alive", flush=True)
    time.sleep(0.5)
