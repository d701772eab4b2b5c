"""A wall of a million tiles, which is higher than browsers draw: what is in sight where one has scrolled to.

usage: reach.py BROWSER ADDRESS
"""

import json
import sys
import time

from browser import Browser

BUILD = """(async () => {
  const { TileList } = await import('/app/list.js');
  const box = document.createElement('div');
  Object.assign(box.style, {position: 'fixed', left: 0, top: 0, width: '1200px', height: '800px', overflowY: 'auto', zIndex: 99});
  box.className = 'million';
  document.body.append(box);
  window.wall = new TileList(box, (place) => {
    const tile = document.createElement('div');
    tile.className = 'cell';
    tile.dataset.place = place;
    return tile;
  }, () => undefined, () => undefined);
  window.wall.shape(150, 62);
  window.wall.reset(1000000);
  return true;
})()"""
SEEN = """(() => {
  const box = document.querySelector('.million').getBoundingClientRect();
  const all = [...document.querySelectorAll('.million .cell')];
  const seen = all.filter((tile) => {
    const own = tile.getBoundingClientRect();
    return own.bottom > box.top && own.top < box.bottom;
  }).map((tile) => Number(tile.dataset.place)).sort((one, other) => one - other);
  return {first: seen[0], last: seen.at(-1), whole: seen.at(-1) - seen[0] + 1 === seen.length, made: all.length,
    height: document.querySelector('.million').scrollHeight};
})()"""


def main(program, address):
    with Browser(program) as browser:
        page = browser.page()
        page.go(address)
        page.wait("document.documentElement.dataset.ready")
        page.ask(BUILD)

        def seen(script):
            page.ask(script)
            # What rests is put where the bar is.
            time.sleep(0.5)
            return page.ask(SEEN)

        def scroll(to):
            return seen(f"document.querySelector('.million').scrollTop = {to}")

        found = {"begin": seen("0"), "middle": scroll(4_000_000)}
        found["wheel"] = scroll("document.querySelector('.million').scrollTop + 300")
        found["back"] = scroll("document.querySelector('.million').scrollTop - 300")
        found["end"] = scroll("1e9")
        found["reveal"] = seen("window.wall.reveal(123456)")
        found["top"] = scroll(0)
        print(json.dumps(found))


main(*sys.argv[1:])
