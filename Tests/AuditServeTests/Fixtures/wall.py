"""The wall of images, as a person sees it."""

import json


class Wall:
    def __init__(self, page):
        self.page = page

    @classmethod
    def opened(cls, page, address, query=""):
        """The wall of a server, once its tiles are there."""
        page.go(address.replace("/?", "/samples?" + query))
        wall = cls(page)
        wall.wait_for_tiles()
        return wall

    def wait_for_tiles(self):
        self.page.wait("location.pathname === '/samples' && document.querySelector('.wall:not(.stale) .cell.active .line')"
                       "&& document.activeElement !== null")

    def total(self):
        return self.page.ask("document.querySelector('.total').textContent")

    def names(self):
        return self.page.ask("[...document.querySelectorAll('.cell .name')].map((name) => name.textContent)")

    def marked(self):
        """What the rail says is marked: counts by verdict."""
        return self.page.ask("Object.fromEntries([...document.querySelectorAll('[data-facet=verdict] .option')].map((line) =>"
                             "[line.querySelector('input').value, Number(line.querySelector('.count').textContent.replace(',', ''))]))")

    def active(self):
        return self.page.ask("document.querySelector('.cell.active .name').textContent")

    def decide(self, key):
        """Presses a key and waits until the page says that it is stored; gives the name of the image."""
        name = self.active()
        self.page.press(key)
        self.wait_for(name, {"k": "keep", "d": "drop", "r": "review"}[key])
        return name

    def wait_for(self, name, verdict):
        wanted = json.dumps(verdict)
        self.page.wait("(() => { const cell = [...document.querySelectorAll('.cell')]"
                       f".find((node) => node.querySelector('.name')?.textContent === {json.dumps(name)});"
                       "if (!cell) return false;"
                       "const badge = cell.querySelector('.decision');"
                       f"if ({wanted} === null) return badge === null;"
                       f"return badge !== null && !badge.classList.contains('waiting') && badge.classList.contains({wanted}); }})()")

    def decisions(self):
        """What the tiles say is stored: names and verdicts."""
        return self.page.ask("Object.fromEntries([...document.querySelectorAll('.cell')].map((cell) =>"
                             "[cell.querySelector('.name')?.textContent, cell.querySelector('.decision:not(.waiting)')])"
                             ".filter(([, badge]) => badge).map(([name, badge]) => [name, badge.textContent.slice(2)]))")
