"""When the largest thing of a page is painted on a phone on slow 4G, as the browser says it."""

from playwright.sync_api import Browser

_RTT_MS, _BYTES_PER_S, _SLOWER = 150, 1_600_000 // 8, 4

_LARGEST = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(Math.round(list.getEntries().at(-1).startTime)))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


def largest_paint_ms(browser: Browser, url: str, cookie: str = "") -> int:
    """The page's largest contentful paint, with nothing of it kept from before."""
    headers = {"Cookie": cookie} if cookie else {}
    context = browser.new_context(
        viewport={"width": 412, "height": 823}, device_scale_factor=1.75, extra_http_headers=headers
    )
    try:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        slow = {"latency": _RTT_MS, "downloadThroughput": _BYTES_PER_S, "uploadThroughput": 93_750}
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", {"offline": False, **slow})
        wire.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
        page.goto(url, wait_until="load")
        return int(page.evaluate(_LARGEST))
    finally:
        context.close()
