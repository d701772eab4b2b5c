"""Names of files that are meant to be something else: what of them is seen, and that they did nothing.

usage: names.py BROWSER ADDRESS
"""

import json
import sys

from browser import Browser
from wall import Wall


def main(program, address):
    with Browser(program) as browser:
        page = browser.page()
        wall = Wall.opened(page, address, "sort=path&")
        names = wall.names()
        decided = wall.decide("d")
        page.press("End")
        page.wait("document.querySelector('.cell.active').getAttribute('aria-posinset') !== '1'")
        wall.wait_for_tiles()
        names += wall.names()
        page.press("Enter")
        page.wait("location.pathname === '/sample' && document.querySelector('.choices button')")
        page.press("Escape")
        wall.wait_for_tiles()
        print(json.dumps({
            "names": names,
            "decided": decided,
            "injected": page.ask("document.querySelectorAll('main script, [onload], [onerror], img[src=x]').length"),
            "title": page.ask("document.title"),
            "marks": page.ask("/[\\u0000-\\u0008\\u200b\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)"),
            "complaints": page.complaints,
        }))


main(*sys.argv[1:])
