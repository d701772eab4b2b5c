"""A headless Chromium, spoken to by the DevTools protocol over a pipe; the standard library is all it needs.

    with Browser("/usr/bin/chromium") as browser:
        page = browser.page(width=420, dark=True)
        page.go("http://127.0.0.1:8000/")
        page.wait("document.documentElement.dataset.ready")
        page.press("d")
"""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time


class Failure(Exception):
    """What was waited for did not come, or a script in the page has failed."""


class Browser:
    def __init__(self, program, patience=30):
        self.patience = patience
        self.scratch = tempfile.mkdtemp(prefix="audit-browser-")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        for end in (to_browser, from_browser):
            os.set_inheritable(end, True)

        def connect():
            # The protocol is spoken on descriptors 3 and 4; either may be one of ours now.
            one, other = os.dup(to_browser), os.dup(from_browser)
            os.dup2(one, 3)
            os.dup2(other, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             "--disable-extensions", "--disable-component-update", "--disable-background-networking",
             "--hide-scrollbars", f"--user-data-dir={self.scratch}/profile", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=connect, close_fds=False, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._rest = b""
        self._answers = {}
        self._pages = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
        except (Failure, OSError):
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._read)
        os.close(self._write)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def page(self, width=1400, height=900, dark=False):
        """A window of its own; what all windows of a browser share is the cookies."""
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, target, session)
        self._pages[session] = page
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.resize(width, height, dark)
        return page

    def call(self, method, params=None, session=None):
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data):]
        end = time.monotonic() + self.patience
        while number not in self._answers:
            self._listen(end, method)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise Failure(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def _listen(self, end, waiting_for):
        left = end - time.monotonic()
        if left <= 0 or not select.select([self._read], [], [], left)[0]:
            raise Failure(f"no answer to {waiting_for} within {self.patience} seconds")
        data = os.read(self._read, 1 << 20)
        if not data:
            raise Failure(f"the browser ended during {waiting_for}")
        *messages, self._rest = (self._rest + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            elif message.get("sessionId") in self._pages:
                self._pages[message["sessionId"]].heard(message["method"], message["params"])


class Page:
    #: What a key is called in the protocol, and the text that it types.
    KEYS = {"Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), " ": ("Space", 32, " "), "Tab": ("Tab", 9, ""),
            "ArrowLeft": ("ArrowLeft", 37, ""), "ArrowUp": ("ArrowUp", 38, ""), "ArrowRight": ("ArrowRight", 39, ""),
            "ArrowDown": ("ArrowDown", 40, ""), "End": ("End", 35, ""), "Home": ("Home", 36, ""),
            "PageDown": ("PageDown", 34, ""), "PageUp": ("PageUp", 33, "")}
    SHIFT, CONTROL = 8, 2

    def __init__(self, browser, target, session):
        self.browser, self.target, self.session = browser, target, session
        #: What the page complained about: errors on the console, requests that failed.
        self.complaints = []

    def call(self, method, params=None):
        return self.browser.call(method, params, self.session)

    def heard(self, method, params):
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            self.complaints.append(" ".join(str(one.get("value", one.get("description"))) for one in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def resize(self, width, height, dark):
        self.call("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.call("Emulation.setEmulatedMedia",
                  {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def print_preview(self):
        """Shows what would be printed, once the page has taken notice."""
        self.call("Emulation.setEmulatedMedia", {"media": "print"})
        self.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def go(self, address):
        self.call("Page.navigate", {"url": address})
        self.wait("document.readyState === 'complete'")

    def front(self):
        """Makes this the window in front, as a click on its tab does."""
        self.call("Page.bringToFront")

    def ask(self, script):
        """What an expression is worth; a promise is waited for."""
        answer = self.call("Runtime.evaluate", {
            "expression": script, "returnByValue": True, "awaitPromise": True, "userGesture": True})
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failure(f"{details.get('exception', {}).get('description', details['text'])}\nin: {script}")
        return answer["result"].get("value")

    def wait(self, script, seconds=40):
        """Waits until an expression is true, and gives what it is worth."""
        end = time.monotonic() + seconds
        while True:
            try:
                # An element arrives here as nothing.
                found = self.ask(f"(() => {{ const found = ({script}); return found instanceof Node || found; }})()")
            except Failure:
                # The document may be on its way to another one.
                if time.monotonic() > end:
                    raise
                found = None
            if found:
                return found
            if time.monotonic() > end:
                raise Failure(f"not within {seconds} seconds: {script}\nthe page says: "
                              f"{self.ask('document.body.innerText').strip()[:600]}\n{self.complaints}")
            time.sleep(0.03)

    def press(self, key, modifiers=0):
        """A key goes down and up again, as a person presses it."""
        code, number, text = self.KEYS.get(key, (f"Key{key.upper()}" if key.isalpha() else "", ord(key[0].upper()), key))
        down = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        if text and not modifiers & self.CONTROL:
            down["text"] = text
        self.call("Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", **down})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **down})

    def type(self, text):
        self.call("Input.insertText", {"text": text})

    def click(self, selector, modifiers=0):
        """The mouse, on the middle of an element that it brings into sight."""
        place = self.ask("(() => { const node = document.querySelector(%s); if (!node) return null;"
                         "node.scrollIntoView({block: 'nearest', behavior: 'instant'});"
                         "const box = node.getBoundingClientRect();"
                         "return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()" % json.dumps(selector))
        if not place:
            raise Failure(f"nothing is there to click on: {selector}")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent",
                      {"type": kind, **place, "button": "left", "clickCount": 1, "modifiers": modifiers})

    def wheel(self, by, x=700, y=500):
        self.call("Input.dispatchMouseEvent", {"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": by})

    def shoot(self, path):
        data = self.call("Page.captureScreenshot", {"format": "png"})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
