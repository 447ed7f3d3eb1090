// The page of wschat: what others write becomes text, and nothing else; as wschat/text.py does for a terminal.

const HIDDEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu; // but joiners, as in Persian and emoji
const PILE = /([\p{M}\u200c\u200d]{8})[\p{M}\u200c\u200d]+/gu; // more marks cover the lines above and below
const ADDRESS = /(\bhttps?:\/\/[^\s<>"\\\u00ab\u00bb\u2018-\u201f\u2026\u2039\u203a\u3001\u3002\u3008-\u3011\u3014-\u301b\uff01-\uff0f\uff1a\uff1b\uff1f\uff3b\uff3d\uff5b-\uff65]*[^\s<>"\\.,;:!?')\]}\u00ab\u00bb\u2018-\u201f\u2026\u2039\u203a\u3001\u3002\u3008-\u3011\u3014-\u301b\uff01-\uff0f\uff1a\uff1b\uff1f\uff3b\uff3d\uff5b-\uff65](?:(?<=:\/\/[^\s()]*\([^\s()]*)\))?)/iu;

export const spellOut = (char) => `\\u{${char.codePointAt(0).toString(16)}}`;
export const safe = (text) => text.replaceAll("\r\n", "\n").replace(HIDDEN, spellOut)
  .replace(PILE, "$1").replace(/^[\p{M}\u200c\u200d]/u, "\u25cc$&"); // and none on what stands before

export function linked(text) { // every second part is an address; a link tells where it leads, if it does not look like that
  return text.split(ADDRESS).flatMap((part, at) => {
    if (at % 2 === 0 || !URL.canParse(part)) return part;
    const { href, origin, host, username } = new URL(part);
    const link = document.createElement("a");
    Object.assign(link, { href, rel: "noopener noreferrer", target: "_blank", textContent: part });
    return !username && part.toLowerCase().startsWith(origin) ? link : [link, ` (leads to ${host})`];
  });
}

export function mentions(text, name) { // as a whole word, in whatever case
  const word = name.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&");
  return name !== "" && new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, "iu").test(text);
}
