"""Two windows on one database: each sees what the other stored, and nothing of either is lost.

usage: windows.py BROWSER ADDRESS
"""

import json
import sys

from browser import Browser
from wall import Wall


def main(program, address):
    with Browser(program) as browser:
        one, other = browser.page(), browser.page()
        one.go(address.replace("/?", "/samples?"))
        left = Wall(one)
        left.wait_for_tiles()
        other.go(one.ask("location.origin") + "/samples")
        right = Wall(other)
        right.wait_for_tiles()

        one.front()
        name = left.decide("d")
        other.front()
        right.wait_for(name, "drop")
        seen = right.decisions()
        # Undo takes back the newest of both, whoever asks.
        other.press("u")
        right.wait_for(name, None)
        one.front()
        left.wait_for(name, None)

        # Both at once, on different images.
        names = [[], []]
        other.press("ArrowDown")
        other.press("ArrowDown")
        for _ in range(12):
            for place, (page, wall) in enumerate(((one, left), (other, right))):
                names[place].append(wall.active())
                page.press("d" if place == 0 else "k")
                page.press("l")
        for place, (page, wall) in enumerate(((one, left), (other, right))):
            for name in names[place]:
                wall.wait_for(name, "drop" if place == 0 else "keep")
        print(json.dumps({"seen": seen, "left": names[0], "right": names[1],
                          "complaints": one.complaints + other.complaints}))


main(*sys.argv[1:])
