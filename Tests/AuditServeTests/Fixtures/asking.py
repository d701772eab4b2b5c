"""What a person asks in SQL and looks into; prints what the pages said.

usage: asking.py BROWSER ADDRESS
"""

import json
import sys

from browser import Browser

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def texts(selector):
    return f"[...document.querySelectorAll({json.dumps(selector)})].map((node) => node.textContent)"


def main(program, address):
    with Browser(program) as browser:
        page = browser.page()
        page.go(address)
        page.wait("document.querySelector('#issues th a')")
        origin = page.ask("location.origin")
        seen = {"overview": page.ask(texts("#issues th a"))}

        page.go(origin + "/samples?where=issues%20LIKE%20'%25%5C_%25'%20ESCAPE%20'%5C'")
        page.wait("document.querySelector('[data-facet=issue]') && document.querySelector('.cell.active .line')")
        seen["rail"] = page.ask(texts("[data-facet=issue] .option span:not(.count)"))
        seen["tiles"] = [code for words in page.ask(texts(".cell .why")) for code in words.split()]
        page.press("Enter")
        page.wait("location.pathname === '/sample' && document.querySelector('.telling .part dt')")
        seen["image"] = page.ask(texts(".telling .part:first-of-type dt"))

        page.press(" ")
        sizes = []
        for number in "123":
            page.press(number)
            page.wait("document.querySelector('.frame img')?.complete && document.querySelector('.frame img').naturalWidth > 0"
                      f"&& document.querySelectorAll('.tab')[{int(number) - 1}].getAttribute('aria-pressed') === 'true'")
            sizes.append(page.ask("(() => { const box = document.querySelector('.frame img').getBoundingClientRect();"
                                  "return [Math.round(box.width), Math.round(box.height)]; })()"))
        seen["sizes"] = sizes

        # Large, a picture of a group stands whole in its box.
        page.go(origin + "/groups")
        page.wait("document.querySelector('.member img')?.complete")
        page.press("l")
        page.press(" ")
        page.wait("document.querySelector('.member.large img')?.naturalWidth > 0")
        seen["outside"] = page.ask(
            "[...document.querySelectorAll('.member .shot img')].filter((image) => {"
            "const [inner, outer] = [image, image.parentElement].map((node) => node.getBoundingClientRect());"
            "return inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1; }).map((image) => image.src)")

        page.go(origin + "/sql")
        page.wait("document.getElementById('query')")
        page.ask(f"document.getElementById('query').value = {json.dumps(ENDLESS)}")
        page.click("#run-query")
        page.wait("document.querySelector('.result p')")
        seen["waiting"] = page.ask("document.querySelector('.result p').textContent")
        page.wait("document.querySelector('.refused')")
        seen["late"] = page.ask("document.querySelector('.refused').textContent")
        seen["seconds"] = page.ask("performance.getEntriesByType('resource').find((one) => one.name.includes('/sql.json'))"
                                   ".duration / 1000")
        seen["complaints"] = page.complaints
        print(json.dumps(seen))


main(*sys.argv[1:])
