"""Whatever a moderator writes, a page shows words and harmless links, and nothing else."""

import re
import time

import pytest

from auction_app.house_pages.markdown import to_html
from auction_app.house_pages.model import LONGEST_TEXT

HOSTILE = """<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
<a href="javascript:alert(1)">x</a>
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](java\tscript:alert(1))
[x](&#106;avascript:alert(1))
[x](\x01javascript:alert(1))
[x](data:text/html;base64,PHNjcmlwdD4=)
[x](vbscript:x)
[x](file:///etc/passwd)
[x](//evil.test)
[x](\\\\evil.test)
[x](https:evil.test)
[x](https://x.test/"onmouseover=alert(1))
[x](https://x.test "t\\" onmouseover=alert(1)")
[x](https://x.test)<svg/onload=alert(1)>
![x](https://evil.test/track.png)
![x](x"onerror=alert(1))
<https://evil.test>
<javascript:alert(1)>
`<b onclick=alert(1)>`
# <b>x</b>
|a|\n|:-:|\n|<script>|
```"><script>\n<b>\n```
[r]: javascript:alert(1)\n\n[r]
<!-- --><script>alert(1)</script>
<style>*{display:none}</style>
<iframe src=//evil.test></iframe>"""

TAGS = {"p", "a", "h2", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}
HARMLESS = re.compile(r"(https?://|mailto:|/(?!/)|#)")


def test_nothing_of_a_hostile_text_gets_through() -> None:
    for text in (HOSTILE, *HOSTILE.split("\n")):
        html = to_html(text)
        tags = re.findall(r"<(/?)(\w+)([^>]*)>", html)
        assert {name for _, name, _ in tags} <= TAGS, text
        for _, _, attributes in tags:
            assert set(re.findall(r"(\w+)=\"", attributes)) <= {"href", "title", "class"}, text
            for url in re.findall(r'href="([^"]*)"', attributes):
                assert HARMLESS.match(url), text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[us](mailto:a@b.example)", '<p><a href="mailto:a@b.example">us</a></p>'),
        ("[rules](/rules)", '<p><a href="/rules">rules</a></p>'),
        ("[law](HTTPS://law.example)", '<p><a href="HTTPS://law.example">law</a></p>'),
        ("# One", "<h2>One</h2>"),
        ("###### Six", "<h6>Six</h6>"),
        ("- a\n- *b*", "<ul>\n<li>a</li>\n<li><em>b</em></li>\n</ul>"),
    ],
)
def test_what_is_meant_is_shown(text: str, html: str) -> None:
    assert to_html(text).strip() == html


@pytest.mark.parametrize("piece", ["[", "![", "*a **a ", "`", "[a](", "> ", "<", "|", "- a\n "])
def test_the_longest_text_of_whatever_is_written_in_a_few_seconds(piece: str) -> None:
    began = time.process_time()

    to_html((piece * LONGEST_TEXT)[:LONGEST_TEXT])

    assert time.process_time() - began < 10
