"""Several images at once: ranges by keys and mouse, the large view, the best of a group; prints what the pages said.

usage: choosing.py BROWSER ADDRESS
"""

import json
import sys

from browser import Browser, Page
from wall import Wall

CHOSEN = "[...document.querySelectorAll('.cell.chosen .name')].map((name) => name.textContent)"


def main(program, address):
    with Browser(program) as browser:
        page = browser.page()
        wall = Wall.opened(page, address)

        page.press("ArrowRight", Page.SHIFT)
        page.press("ArrowRight", Page.SHIFT)
        by_keys = page.ask(CHOSEN)
        page.press("d")
        for name in by_keys:
            wall.wait_for(name, "drop")
        page.press("Escape")
        left = page.ask(CHOSEN)

        page.click('[data-place="4"]')
        page.click('[data-place="6"]', Page.SHIFT)
        page.click('[data-place="8"]', Page.CONTROL)
        by_mouse = page.ask(CHOSEN)
        page.press("k")
        for name in by_mouse:
            wall.wait_for(name, "keep")
        page.press("u")
        for name in by_mouse:
            wall.wait_for(name, None)
        page.press("Escape")

        page.press("Home")
        page.press(" ")
        page.wait("document.querySelector('dialog.zoom[open] img')?.naturalWidth > 0")
        page.press("l")
        page.press("r")
        page.wait("document.querySelector('dialog.zoom .choose.review').getAttribute('aria-pressed') === 'true'")
        page.press(" ")
        page.wait("!document.querySelector('dialog.zoom')")
        large = wall.active()
        wall.wait_for(large, "review")

        page.click('#views a[href^="/groups"]')
        page.wait("document.querySelector('.member')")
        page.press("l")
        page.press("b")
        marked = "[...document.querySelectorAll('.group:first-child .member')].map((node) => " \
                 "[node.dataset.id, node.querySelector('.decision:not(.waiting)')?.textContent ?? ''])"
        page.wait(f"{marked}.every(([, words]) => words !== '')")
        group = page.ask(marked)
        best = page.ask("document.querySelector('.group:first-child .is-best').dataset.id")
        page.press("u")
        page.wait(f"{marked}.every(([, words]) => words === '')")
        print(json.dumps({"byKeys": by_keys, "left": left, "byMouse": by_mouse, "large": large, "group": group,
                          "best": best, "complaints": page.complaints}))


main(*sys.argv[1:])
