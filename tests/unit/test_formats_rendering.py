"""Markdown as HTML that can do no harm."""

import re
from html.parser import HTMLParser

import pytest

from jobs.formats.rendering import page_html

PNG = "data:image/png;base64,iVBORw0KGgo="
HARMLESS = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title"},
    "td": {"rowspan", "colspan", "align"},
    "th": {"rowspan", "colspan", "align"},
    "ol": {"start"},
}
TAGS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "br", "blockquote", "pre", "code", "ul", "li", "table", "caption",
    "thead", "tbody", "tfoot", "tr", "em", "strong", "b", "i", "u", "s", "del", "sup", "sub", *HARMLESS,
}  # fmt: skip


class Judge(HTMLParser):
    """Fails at the first tag, attribute or address that is not harmless."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in HARMLESS.get(tag, set()), f"{tag} {name}"
            if name == "href":
                assert re.match(r"(https?|mailto|ftp):", value or "", re.IGNORECASE)
            if name == "src":
                assert re.match(r"data:image/(png|jpeg|gif|webp);base64,|/stored/", value or "")
            if name == "align":
                assert value in ("left", "right", "center")

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        pytest.fail(f"a declaration: {decl}")


def harmless(markdown: str) -> str:
    html = page_html(markdown, lambda name: f"/stored/{name}")
    judge = Judge()
    judge.feed(html)
    judge.close()
    return html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# A & B", "<h1>A &amp; B</h1>"),
        ("a *b* **c** `d` ~~e~~ f<sup>2</sup>", "<em>b</em> <strong>c</strong> <code>d</code> <s>e</s> f<sup>2</sup>"),
        ("| a |\n| ---: |\n| b |", '<td align="right">b</td>'),
        ("7. a\n8. b", '<ol start="7">'),
        ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("[a](https://example.org/?b=1&c=2)", 'href="https://example.org/?b=1&amp;c=2"'),
        ("[a](MAILTO:b@example.org)", 'href="MAILTO:b@example.org"'),
        (f"![a]({PNG})", f'<img src="{PNG}" alt="a">'),
        ("![a](images/page-00001-01.png)", '<img src="/stored/page-00001-01.png" alt="a">'),
        ('<table>\n<tr><th colspan="2">a &lt; b</th></tr>\n</table>', '<th colspan="2">a &lt; b</th>'),
        ('<table>\n<tr><td rowspan="3">a</td></tr>\n</table>', '<td rowspan="3">a</td>'),
        ("[1]: https://example.org", "<p>[1]: https://example.org</p>"),
        ("a  \nb", "<br>"),
    ],
)
def test_it_renders(markdown: str, html: str) -> None:
    assert html in harmless(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "a <script src=//evil.example/x.js></script>",
        "<script>\n\n\nalert(1)\n</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<style>body{background:url(https://evil.example)}</style>",
        "<link rel=stylesheet href=https://evil.example>",
        "<iframe src=https://evil.example></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
        "<img src=x onerror=alert(1)>",
        "<img src=https://evil.example/pixel.png>",
        "![a](https://evil.example/pixel.png)",
        "![a](images/../../../etc/passwd)",
        "![a](data:image/svg+xml;base64,PHN2Zz4=)",
        "<img src='data:text/html,<script>alert(1)</script>'>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "<a href='java\nscript:alert(1)'>a</a>",
        "<a href='java&#x09;script:alert(1)'>a</a>",
        "<a href='&#106;avascript:alert(1)'>a</a>",
        "<a href=' javascript:alert(1)'>a</a>",
        "<a href='vbscript:x'>a</a> <a href='file:///etc/passwd'>b</a> <a href='/logout'>c</a> <a href='//evil'>d</a>",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        f"<a href='{PNG}'>a</a>",
        "<a href='https://a' onclick=alert(1) target=_blank id=x name=y style='position:fixed'>a</a>",
        "<form action=https://evil.example><input name=a autofocus onfocus=alert(1)><button>b</button></form>",
        "<object data=https://evil.example></object><embed src=https://evil.example>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'><base href=https://evil.example>",
        "<table>\n<tr><td style='background:url(//evil.example)' rowspan=99999 colspan='1e9' onclick=a>b</td></tr>",
        "<td background=https://evil.example>",
        "<!-- a --><!doctype html><?php a ?><![CDATA[<script>alert(1)</script>]]>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<template><script>alert(1)</script></template><textarea></textarea><select><option>a</select>",
        "</main></body></html><script>alert(1)</script>",
        "<video src=https://evil.example autoplay></video><audio src=x onerror=alert(1)>",
        "`` ` <b onclick=x> ``\n\n    <script>\n",
        "| <script>alert(1)</script> |\n| --- |\n| <img src=x onerror=alert(1)> |",
        '![" onerror="alert(1)](images/page-00001-01.png "t\\" onload=\\"x")',
        '[a](https://a"onclick="alert(1))',
    ],
)
def test_it_does_no_harm(markdown: str) -> None:
    html = harmless(f"before\n\n{markdown}\n\nafter")
    assert "<script" not in html
    assert "before" in html


def test_it_keeps_the_words_of_what_it_takes_away() -> None:
    assert "kept" in harmless("<div onclick=x><marquee>kept</marquee></div>")


def test_it_shows_a_picture_that_is_not_there_by_its_words() -> None:
    assert '<img alt="a bridge">' in page_html("![a bridge](images/page-00001-01.png)")


def test_it_is_whole_in_each_piece() -> None:
    """What a page leaves open does not reach into the next piece."""
    html = harmless("<table><tr><td>a\n\n" + "b\n\n" * 20_000)
    assert html.count("<table>") == html.count("</table>")


@pytest.mark.parametrize(
    "sign",
    [
        "[",
        "![",
        "*a ",
        "a**b",
        "> ",
        "- ",
        "<",
        "<a b='",
        "a<![CDATA[",
        "|",
        "`",
        "<div>",
        "<ul><li>",
        "\\",
        "[a](",
        "~~",
    ],
)
def test_it_comes_to_an_end_with_what_nests_without_end(sign: str) -> None:
    harmless(sign * (20_000 // len(sign)))
