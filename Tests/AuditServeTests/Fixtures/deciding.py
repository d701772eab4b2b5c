"""The way of a person: filter, look, decide by keys, undo, take back; prints what the pages said was stored.

usage: deciding.py BROWSER ADDRESS
"""

import json
import sys

from browser import Browser, Page
from wall import Wall


def main(program, address):
    with Browser(program) as browser:
        page = browser.page()
        page.go(address)
        page.wait("document.querySelector('#look')")
        page.click("#look")
        wall = Wall(page)
        wall.wait_for_tiles()
        marked = wall.total()

        page.wait("document.querySelector('[data-facet=verdict]')")
        counts_before = wall.marked()
        first = wall.decide("k")
        counts_kept = wall.marked()
        page.press("l")
        second = wall.decide("d")
        page.press("l")
        taken_back = wall.decide("d")
        page.press("u")
        wall.wait_for(taken_back, None)
        counts_undone = wall.marked()
        page.press("ArrowDown")
        page.press("j")
        third = wall.decide("r")

        # The same key once more takes a decision away.
        page.press("l")
        twice = wall.decide("k")
        page.press("k")
        wall.wait_for(twice, None)

        # All above the line, asked in place; what was decided by hand stays as it is.
        page.press("a")
        page.wait("!document.querySelector('.ask').hidden")
        question = page.ask("document.querySelector('.ask p').textContent")
        page.press("Escape")
        page.wait("document.querySelector('.ask').hidden")
        page.press("a")
        page.wait("!document.querySelector('.ask').hidden && document.activeElement.classList.contains('danger')")
        page.press("Enter")
        wall.wait_for(twice, "drop")
        above = wall.decisions()
        page.press("End")
        undone = wall.decide("k")
        page.press("u")
        wall.wait_for(undone, None)

        # A name is typed, one of what is left is opened, and the next is decided where it is large.
        page.press("/")
        page.type("id3")
        page.wait(f"document.querySelector('.total').textContent !== {json.dumps(marked)}")
        wall.wait_for_tiles()
        page.press("Escape")
        page.press("Enter")
        page.wait("location.pathname === '/sample' && document.querySelector('.choices button')")
        opened = page.ask("document.querySelector('h1').textContent")
        page.press("k")
        page.wait("document.querySelector('.choose.keep').getAttribute('aria-pressed') === 'true'"
                  "&& /decided ✓ keep/.test(document.querySelector('.standing').textContent)")
        page.press("Escape")
        page.wait("location.pathname === '/samples'")
        wall.wait_for_tiles()
        page.wait("!document.querySelector('#decided .sentence').classList.contains('waiting')", 60)
        effect = page.ask("document.querySelector('#decided .sentence').textContent")
        counts = page.ask("document.querySelector('#decided .counts').textContent")
        page.click("#show-export")
        page.wait("document.getElementById('export').open")
        commands = page.ask("[...document.querySelectorAll('#export code')].map((code) => code.textContent)")
        print(json.dumps({
            "first": first, "second": second, "third": third, "takenBack": taken_back, "twice": twice, "above": above,
            "opened": opened, "undone": undone,
            "question": question, "effect": effect, "counts": counts, "commands": commands,
            "rail": [counts_before, counts_kept, counts_undone],
            "complaints": page.complaints,
        }))


main(*sys.argv[1:])
