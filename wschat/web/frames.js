// The page of wschat: its frames as they go over the wire, for who wants to see them: the last ones, and no secrets.
import { safe } from "./text.js";
import { $ } from "./view.js";

const KEPT = 200, LONG = 4000; // frames, and characters of one that are shown
const SECRET = // as in wschat/text.py
  /("[^"\\]*(?:token|password|secret|authorization|api[-_]?key)\\*"\s*:\s*\\*")(?:[^"\\]|\\.)*/gisu;
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit",
  fractionalSecondDigits: 3, hourCycle: "h23" });
const frames = [];
let isDue = false; // are they to be shown before the next picture?

export function note(way, text) { // `way`: sent or received
  frames.push({ way, text, time: Date.now() });
  if (frames.length > KEPT) frames.shift();
  if ($("frames").hidden || isDue) return;
  isDue = true;
  requestAnimationFrame(show);
}

function show() {
  const list = $("frames-list");
  isDue = false;
  for (const frame of frames) frame.row ??= list.appendChild(made(frame));
  while (list.childElementCount > frames.length) list.firstElementChild.remove();
}

function made({ way, text, time }) {
  const row = $("frame").content.firstElementChild.cloneNode(true), more = text.length - LONG;
  row.className = way;
  row.querySelector(".unseen").textContent = way;
  row.querySelector("time").textContent = clock.format(time);
  const shown = safe(text.slice(0, LONG).replace(SECRET, "$1…"));
  row.querySelector("code").textContent = more > 0 ? `${shown}… and ${more} characters more` : shown;
  return row;
}

$("show-frames").onclick = ({ currentTarget }) => {
  const isOpen = $("frames").hidden;
  $("frames").hidden = !isOpen;
  currentTarget.ariaExpanded = String(isOpen);
  if (isOpen) show();
};
