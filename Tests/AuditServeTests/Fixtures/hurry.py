"""Who scrolls on asks no more for the pictures that are out of sight; prints what became of them.

usage: hurry.py BROWSER ADDRESS
"""

import json
import sys

from browser import Browser
from wall import Wall

WATCH = """window.gone = []; new MutationObserver((changes) => {
  for (const { removedNodes } of changes) for (const node of removedNodes) {
    for (const shot of node.querySelectorAll?.('img') ?? []) window.gone.push(shot);
  }
}).observe(document.querySelector('.wall'), {childList: true, subtree: true}); true"""


def main(program, address):
    with Browser(program) as browser:
        page = browser.page()
        Wall.opened(page, address)
        # What nobody has seen yet, over a way on which every answer takes a while.
        page.call("Network.enable")
        page.call("Network.setCacheDisabled", {"cacheDisabled": True})
        page.call("Network.emulateNetworkConditions",
                  {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1})
        page.ask(WATCH)
        for _ in range(6):
            page.wheel(500)
        page.wait("window.gone.length > 0 && document.querySelector('.wall').scrollTop > 1500")
        page.call("Network.emulateNetworkConditions",
                  {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        page.wait("[...document.querySelectorAll('.cell img')].some((shot) => shot.complete && shot.naturalWidth > 0)", 30)
        print(json.dumps(page.ask("({gone: window.gone.length, open: window.gone.filter((shot) => !shot.complete"
                                  " && shot.hasAttribute('src')).length, givenUp: window.gone.filter((shot) =>"
                                  " !shot.hasAttribute('src')).length})")))


main(*sys.argv[1:])
