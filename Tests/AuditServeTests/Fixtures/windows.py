"""Two windows on one database: each sees what the other stored, and nothing of either is lost.

usage: windows.py BROWSER ADDRESS
"""

import json
import sys

from browser import Browser
from wall import Wall


#: Answers to the question what is decided now come late.
LATE = """(() => {
  const ask = window.fetch;
  window.late = 0;
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (!String(request[0]).includes('where=')) return answer;
    await new Promise((done) => setTimeout(done, 1500));
    setTimeout(() => { window.late += 1; }, 300);
    return answer;
  };
})()"""


def main(program, address):
    with Browser(program) as browser:
        one, other = browser.page(), browser.page()
        left = Wall.opened(one, address)
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
        # What was asked before a decision and answered after it knows nothing of the decision.
        one.front()
        one.ask(LATE)
        one.press("PageDown")
        left.wait_for_tiles()
        one.ask("dispatchEvent(new Event('focus'))")
        late = left.decide("r")
        one.wait("window.late > 0")
        left.wait_for(late, "review")
        print(json.dumps({"seen": seen, "left": names[0], "right": names[1], "late": late,
                          "complaints": one.complaints + other.complaints}))


main(*sys.argv[1:])
