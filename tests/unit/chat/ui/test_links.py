from time import process_time

import pytest

from wschat.chat.ui.links import target_of, urls


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.b/c?d=e#f.", ["https://a.b/c?d=e#f"]),
        ("(http://a.b/x_(y)) wss://q", ["http://a.b/x_(y)", "wss://q"]),
        ("https://a.b,https", ["https://a.b,https"]),
        ("no://url https:/ ftp.x", []),
        ("https://a\x1b]8;;evil", ["https://a"]),
    ],
)
def test_urls(text: str, found: list[str]) -> None:
    """URLs are whole, without what stands around them."""
    assert [text[start:stop] for start, stop in urls(text)] == found


@pytest.mark.parametrize("piece", [")", "]", "(", "()", ".,", "https://a)"])
def test_a_text_that_is_hard_to_read(piece: str) -> None:
    """Whatever a server sends, links are found in a time that grows with its length."""
    start = process_time()
    assert len([*urls("https://a" + piece * (600_000 // len(piece)))]) == 1
    assert process_time() - start < 5


@pytest.mark.parametrize(
    ("url", "target", "host"),
    [
        ("https://a.b/ü?x=y", "https://a.b/%C3%BC?x=y", ""),
        ("https://bank.com@evil.com/x", "https://bank.com@evil.com/x", "evil.com"),
        ("https://b\u00fccher.de", "https://xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("https://bank.com\\@evil", "https://bank.com%5C@evil", ""),
    ],
)
def test_targets(url: str, target: str, host: str) -> None:
    """A link leads where it says; where it seems to lead elsewhere, the real host is told."""
    found, told = target_of(url)
    assert told == host
    assert found.isascii()
    assert found == target or "\\" in url
