// The page of wschat: names, shown so that none is taken for another one; as wschat/chat/ui/names.py does.
import { TABLE } from "./confusables.js";
import { safe, spellOut } from "./text.js";

const HIDDEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{13441}\u{13442}\u{1d159}]/gu; // as protocol/names.py
const GAP = /(?! )[\p{Zs}\n\t]/u;
const WORD = /[0-9A-Za-z\u0080-\u{10ffff}]+/gu;
const LATIN = /[A-Za-z\u00aa-\u024f\u1e00-\u1eff]/u;
const ASCII = /^[\0-\x7f]*$/;
const MOST = 5000, MOST_ALIKE = 8; // names met, and those among them that share a key
const LONGEST = 512, MOST_SHOWN = 64; // characters of a name that are looked at, and shown

const [gaps, ...looks] = TABLE.split("\n");
let code = 0;
const prototypes = new Map(gaps.split(" ").map((gap, at) => [String.fromCodePoint(code += Number(gap)), looks[at]]));
const looksLike = (char) => prototypes.get(char) ?? char;
const met = new Map(), byKey = new Map(); // the keys of each name met, and the names that have one
const texts = new Map(); // as they are shown: a room may have 500 people

const visible = (name) => name.replace(HIDDEN, "");
const decomposed = (name) => name.slice(0, LONGEST).normalize("NFD"); // marks take the square of their number
export const clean = (name) => name.normalize("NFC").trim().replace(/\s+/gu, " ");

export function fold(name) { // what names are found by: case and width make no other one
  if (ASCII.test(name)) return clean(name).toLowerCase();
  let folded = decomposed(name);
  for (const _ of "12") folded = visible(folded).toUpperCase().toLowerCase().normalize("NFKC");
  return clean(folded);
}

// What names that are too alike have in common: see protocol/skeleton.py
const keys = (name) => new Set([fold(name), skeleton(name), skeleton(fold(name))]);

const skeleton = (name) =>
  Array.from(visible(decomposed(name)), looksLike).join("").normalize("NFD");

export function meet(names) { // they are told from all others from now on
  for (const name of names) {
    if (met.has(name)) continue;
    if (met.size >= MOST) for (const each of [met, byKey, texts]) each.clear(); // strangers can make up any number
    met.set(name, keys(name));
    for (const key of met.get(name)) {
      const alike = (byKey.get(key) ?? []).slice(0, MOST_ALIKE);
      alike.forEach((other) => texts.delete(other));
      byKey.set(key, [...alike, name]);
    }
  }
}

export function shown(name) { // somebody's name, to be read
  if (!texts.has(name)) {
    meet([name]);
    const alike = new Set([...met.get(name)].flatMap((key) => byKey.get(key)));
    texts.set(name, safeName(name, [...alike]));
  }
  return texts.get(name);
}

export function safeName(name, alike = []) { // a name or room's name, spelled out where one can't see what it is
  const chars = [...name];
  if (chars.length > MOST_SHOWN) return `${safeName(chars.slice(0, MOST_SHOWN).join(""), alike)}…`; // none of our labs has it
  const differs = alike.map((other) => differing(name, other));
  const inLatin = name.replace(WORD, (word) => (LATIN.test(word) ? "x" : " ").repeat([...word].length));
  const isHidden = (char, at) => char.search(HIDDEN) === 0 || GAP.test(char) ||
    (char === " " && (chars[at - 1] ?? " ") === " ") || (char === " " && at === chars.length - 1) ||
    (inLatin[at] === "x" && imitates(char)) || differs.some((each) => each[at]);
  return safe(chars.map((char, at) => (isHidden(char, at) ? spellOut(char) : char)).join(""));
}

const imitates = (char) => !ASCII.test(char) && !LATIN.test(char) && /[\p{L}\p{N}]/u.test(char) &&
  Array.from(char.normalize("NFKD"), looksLike).some((look) => /^[A-Za-z]+$/.test(look));

function differing(name, other) { // which letters tell it from one that looks like it, counted from both ends
  const typed = ASCII.test(name) && !ASCII.test(other); // what is easily typed stays readable
  const there = [...visible(other)], later = there.length - [...visible(name)].length;
  let at = -1; // among the letters that are seen
  return [...name].map((char) => {
    if (visible(char)) at++; else return true;
    return !typed && !isSame(char, there[at]) && !isSame(char, there[at + later]);
  });
}

const isSame = (char, other = "") => // but for case, which is seen
  char.toLowerCase() === other.toLowerCase() && char.toUpperCase() === other.toUpperCase();
