// The page of wschat: what is shown of a chat. What is said on the wire, and when, is in chat.js.
import { fold, meet, safeName, shown } from "./names.js";
import { linked, mentions, safe } from "./text.js";

export const $ = (id) => document.getElementById(id);

const RECENT = 20 * 3600e3; // ms: what is older is shown with its date
const clock = (dateStyle) => new Intl.DateTimeFormat([], { timeStyle: "short", dateStyle }).format;
const byTime = clock(), byDate = clock("medium");
const compareNames = new Intl.Collator().compare;

function make(template, user, called, ...text) {
  const row = Object.assign($(template).content.firstElementChild.cloneNode(true), { user });
  row.querySelector("bdi").textContent = called;
  row.querySelector(".text")?.append(...text);
  return row;
}

// ---- Whom a person does not want to hear: what they say is in the log, hidden, and can be shown again
const ignored = new Set(); // names, folded
const ignores = (name) => ignored.size > 0 && ignored.has(fold(name));

export const listIgnored = () => [...ignored];

export function ignore(...names) { // or no more
  for (const name of names.map(fold)) if (!ignored.delete(name)) ignored.add(name);
  for (const row of $("log").children) row.hidden = ignores(row.user);
  for (const { key, classList, lastElementChild: button } of $("users").children) {
    classList.toggle("ignored", ignores(key));
    button.textContent = ignores(key) ? "Show" : "Hide";
    button.ariaLabel = `${button.textContent} what ${shown(key)} says`;
  }
}

// ---- The log of the room: whoever scrolls back in it to read is left alone
const ROWS = 1000, LINES = 17; // of the log; of a message, as style.css has it
let following = true; // is its end in view?
let anchor = null; // the row that was the last one when others were added, while its end is not in view
let below = 0, unread = 0; // messages added out of view, and while the tab is hidden
let room = "";

function insert(row, seq) { // in the order of the room
  const log = $("log"), end = log.lastElementChild;
  if (!following && !anchor) {
    anchor = end;
    requestAnimationFrame(restoreScroll); // once a frame, since measuring so many rows takes a while
  }
  const next = end?.seq > seq ? [...log.children].find((each) => each.seq > seq) : null;
  log.insertBefore(Object.assign(row, { seq, hidden: ignores(row.user) }), next);
  if (log.childElementCount > ROWS) log.firstElementChild.remove();
}

function restoreScroll() {
  const bottom = (row) => row.getBoundingClientRect().bottom;
  if (!following && anchor?.isConnected) $("scroll").scrollTop += bottom(anchor) - bottom($("log").lastElementChild);
  anchor = null;
}

export function addMessage({ user, text, time, seq, me, old }) {
  const row = make("row", user, shown(user), ...linked(safe(text))), at = new Date(time || NaN);
  row.className = user === me ? "mine" : mentions(text, me) ? "mention" : "";
  if (!Number.isNaN(+at)) row.querySelector("time").textContent = (Date.now() - at < RECENT ? byTime : byDate)(at);
  const more = text.split("\n").length - LINES;
  if (more > 0) row.dataset.more = `${more.toLocaleString("en")} more lines: scroll in it`;
  insert(row, seq);
  if (old || row.hidden) return;
  below += !following;
  unread += document.hidden;
  showNews();
}

export const addNotice = (user, what, seq) => insert(make("notice", user, shown(user), what), seq);
export const seqs = (count) => [...$("log").children].slice(-count).map((row) => row.seq);

export function clearLog() {
  $("log").replaceChildren();
  [below, following] = [0, true];
}

function showNews() {
  document.title = `${unread ? `(${unread}) ` : ""}${room ? `${safeName(room)} · ` : ""}wschat`;
  $("news").textContent = below ? `${below} new ↓` : "";
}

$("scroll").onscroll = () => {
  following = $("scroll").scrollTop > -40;
  if (following) below = 0;
  showNews();
};
$("news").onclick = () => {
  $("scroll").scrollTop = 0;
  $("message").focus();
};
document.addEventListener("visibilitychange", () => {
  unread = 0;
  showNews();
});

// ---- Messages that are not known to have arrived
export function addDraft(name, text, { send, discard }) {
  const row = make("draft", name, shown(name), safe(text));
  [send, discard].forEach((act, at) => {
    row.querySelectorAll("button")[at].onclick = () => {
      act();
      $("message").focus();
    };
  });
  $("unsent").append(row);
  $("scroll").scrollTop = 0;
  return row;
}

export function markDraft(row, failed) {
  row.className = failed ? "failed" : "";
  row.querySelector(".mark").textContent = failed || "Not delivered yet…";
}

// ---- Everything else
export function showState(className, textContent) { // read aloud when it changes
  if ($("state").textContent !== textContent) Object.assign($("state"), { className, textContent });
}

export const showKept = (isKept) => { $("unkept").hidden = isKept; };

export function showWire(lacks) { // what is not to be had there
  $("wire").lastElementChild.replaceChildren(...lacks.map((each) => {
    const row = document.createElement("li");
    row.textContent = each;
    return row;
  }));
}

export const showLate = (action, choice) => showState("busy", `No answer to “${action}” yet: perhaps its route ` +
  `has no route response, its function hangs (\`wschat logs\`), or the network does${choice}.`);

export function complain(field, what) {
  $(`${field}-error`).textContent = what;
  $(field).ariaInvalid = String(what !== "");
}

function fill(id, names, current) { // entries that stay are not touched, so that none loses the focus
  const list = $(id), old = new Map([...list.children].map((row) => [row.key, row]));
  for (const [key, row] of old) if (!names.has(key)) row.remove();
  [...names].sort(compareNames).forEach((key, at) => {
    const row = old.get(key) ?? Object.assign(make(`${id}-row`, key, safeName(key)), { key });
    row.firstElementChild.ariaCurrent = String(key === current);
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
  });
}

export function show(me, rooms, users, restoring, moved) { // `moved`: by the person, so the focus moves too
  const focused = document.activeElement, isFirst = document.body.className === "";
  document.body.className = me.room ? "in-room" : me.name ? "in-lobby" : restoring ? "" : "outside";
  room = me.room;
  meet([me.name, ...users]);
  $("me").lastElementChild.textContent = shown(me.name);
  $("title").firstElementChild.textContent = safeName(room);
  fill("rooms", rooms, room);
  fill("users", users, me.name);
  for (const { key, firstElementChild: name } of $("users").children) // who came later may look like them
    if (name.textContent !== shown(key)) name.textContent = shown(key);
  ignore();
  showNews();
  if (moved) $("more").ariaExpanded = "false";
  const field = $(me.room ? "message" : me.name ? "room" : "name");
  if (moved || isFirst || !focused.checkVisibility()) field.focus(); // what had it is gone
}
