"""Every view on a desk and on a phone, light and dark: pictures of them, and what is wrong with them.

usage: looks.py BROWSER ADDRESS FOLDER ID
"""

import json
import os
import sys

from browser import Browser

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "contrast.js"), encoding="utf-8") as script:
    CONTRAST = script.read()

#: Files that are offered and not given.
DEAD = """Promise.all([...document.querySelectorAll('a[download]')].map(async (link) =>
  ((await fetch(link.href, {method: 'HEAD'})).ok ? null : link.href))).then((found) => found.filter(Boolean))"""

#: What paper lacks of a view.
PAPER = """(() => {
  const isSeen = (node) => node.checkVisibility({visibilityProperty: true}) && node.getBoundingClientRect().height > 0;
  return {
    cells: [...document.querySelectorAll('main td, main th')].filter((cell) => cell.textContent !== '' && !isSeen(cell)).length,
    pictures: [...document.querySelectorAll('main img')].filter((image) => !isSeen(image)).length,
  };
})()"""

SCREENS = [(1400, 900), (420, 900)]
PAPER_SIZE = (794, 1123)

#: What is wider than the screen, too pale, without a name, or twice there.
JUDGE = "(() => {" + CONTRAST + """
  const isSeen = (node) => node.checkVisibility({visibilityProperty: true}) && !node.closest('.off, .skip');
  const all = [...document.querySelectorAll('body *')].filter(isSeen);
  const texts = textsOf(all);
  const name = (node) => (node.getAttribute('aria-label') || node.textContent || '').trim()
    || [...node.querySelectorAll('img')].map((image) => image.alt).join('') || (node.labels && node.labels[0] || {}).textContent;
  const pressed = all.filter((node) => node.matches('button, a, input, select, summary, textarea, [role=option], [role=listbox], [tabindex="0"]'));
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  const scrolls = (node) => node !== null && (node.matches('.scroll, .wall, .mast nav, .frame, code, pre, .skip, .off, dialog, .rail') || scrolls(node.parentElement));
  const wide = all.filter((node) => !scrolls(node) && !(node instanceof SVGElement)
    && node.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
  return {
    texts: texts.length,
    pale: paleOf(texts).slice(0, 4).map(String),
    nameless: pressed.filter((node) => !name(node)).map((node) => node.outerHTML.slice(0, 120)),
    unreached: pressed.filter((node) => node.tabIndex < 0 && !node.matches('[role=option]')).map((node) => node.outerHTML.slice(0, 120)),
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    mute: [...document.querySelectorAll('img')].filter((image) => !image.hasAttribute('alt')).length,
    wide: wide.slice(0, 4).map((node) => node.outerHTML.slice(0, 120)),
    cropped: [...document.querySelectorAll('.shot img, .frame.fits img')].filter((image) => {
      const [inner, outer] = [image, image.parentElement].map((node) => node.getBoundingClientRect());
      return inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1;
    }).length,
    tight: all.filter((node) => node.matches('.files') && node.previousElementSibling?.matches('.scroll, .more')
      && node.getBoundingClientRect().top - node.previousElementSibling.getBoundingClientRect().bottom < 8).length,
    over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    isDark: isDark(),
  };
})()"""


def main(program, address, folder, sample):
    views = {"overview": "/", "images": "/samples", "chosen": "/samples?verdict=drop,review&skew=1..&tile=l&sort=mse",
             "image": f"/sample?id={sample}&at=0", "groups": "/groups", "compare": "/compare", "unreadable": "/failed",
             "sql": "/sql?query=" + "SELECT%20path%2C%20skew%2C%20issues%20FROM%20samples%20LIMIT%2020"}
    found = {}
    with Browser(program) as browser:
        door = browser.page()
        door.go(address)
        door.wait("document.documentElement.dataset.ready")
        origin = door.ask("location.origin")
        for width, height in SCREENS:
            for dark in (False, True):
                page = browser.page(width, height, dark)
                for view, path in views.items():
                    page.go(origin + path)
                    page.wait("document.documentElement.dataset.ready === 'true'"
                              "&& [...document.images].every((image) => image.complete)")
                    if view in ("images", "chosen"):
                        page.wait("document.querySelector('.cell.active .line') && document.querySelector('.facets fieldset')")
                        page.wait("[...document.images].every((image) => image.complete)")
                    if view == "chosen":
                        # The key once more would take the decision of the screen before away.
                        if not page.ask("document.querySelector('.cell.active .decision.drop') !== null"):
                            page.press("d")
                        page.wait("document.querySelector('.decision.drop:not(.waiting)')")
                    judge(page, found, folder, f"{view}-{width}-{'dark' if dark else 'light'}", dark)
                page.press("?")
                page.wait("document.getElementById('keys').open")
                judge(page, found, folder, f"keys-{width}-{'dark' if dark else 'light'}", dark)
                found[f"complaints-{width}-{dark}"] = page.complaints
        for view, path in views.items():
            page = browser.page(*PAPER_SIZE)
            page.go(origin + path)
            page.wait("document.documentElement.dataset.ready === 'true'"
                      "&& [...document.images].every((image) => image.complete)")
            if view in ("images", "chosen"):
                page.wait("document.querySelector('.cell.active img')?.complete")
            page.print_preview()
            page.shoot(os.path.join(folder, f"{view}-paper.png"))
            found[f"{view}-paper"] = {key: value for key, value in page.ask(PAPER).items() if value}
        door.go(origin + "/")
        door.wait("document.documentElement.dataset.ready === 'true'")
    print(json.dumps(found))


def judge(page, found, folder, name, dark):
    page.shoot(os.path.join(folder, name + ".png"))
    seen = page.ask(JUDGE)
    seen["dead"] = page.ask(DEAD)
    wrong = {key: value for key, value in seen.items() if key not in ("texts", "isDark") and value not in (0, [])}
    if seen["isDark"] != dark:
        wrong["theme"] = "dark" if seen["isDark"] else "light"
    if seen["texts"] < 10:
        wrong["texts"] = seen["texts"]
    found[name] = wrong


main(*sys.argv[1:])
