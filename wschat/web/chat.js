// The page of wschat: a whole WebSocket client. What it asks and hears is named as on the wire: JSON frames
// {action, value, id, …} go out, {type, …} come in; wschat/protocol tells of each, wschat/functions answer.
// What others write becomes text, and nothing else: see `safe` and `linked`.
const $ = (id) => document.getElementById(id);
const setting = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const LAB = setting("lab"), SIGN = setting("sign"); // the WebSocket's address; who signs it, if it is to be signed
const ROWS = 1000, RECENT = 50; // rows shown; those among which a gap is asked for again
const PING = 60e3, MOVE = 6300e3; // ms: API Gateway ends what is idle for 10 minutes, and all after 2 hours
const PONG = 10e3, REPLY = 30e3, OPEN = 20e3, SLEPT = 180e3, FIRST_PAUSE = 700, LONGEST_PAUSE = 30e3;
const PAUSES = { busy: 4e3, 1008: 60e3, 1000: Infinity, 1003: Infinity, 1009: Infinity }; // till a person tries again
const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
const store = (() => { try { return sessionStorage; } catch { return {}; } })(); // of this tab

// ---- What is known
const me = { name: "", room: "" }, wish = { name: "", room: "" }; // what is, and what shall be again after a cut
let token = random(), rooms = new Set(), users = new Set(), seen = new Set(), last = 0; // seqs and ids in this room
let queue = [], waiting = null, early = [], before = {}; // news that overtake our entering a room; what a reload left
const outbox = new Set(); // messages that are not known to have arrived
let socket = null, opening = null, retiring = null; // in use; being opened; heard until a new one has taken over
let restoring = false, stopped = false, answers = false, pinged = false; // do pongs come? and the one that is due?
let tries = 0, beat = Date.now(), retry = 0, silence = 0, patience = 0; // timers: to connect, for a pong, for a reply
let following = true, reading = null, below = 0, unread = 0; // is the end in view? which row was it? news below? and hidden?

// ---- What we ask: one thing at a time, since API Gateway runs the frames of a connection at the same time
const register = (name, own) => ask({ action: "register", value: wish.name = name, token, own });
const create = (room, own) => ask({ action: "create", value: wish.room = room, own });
const join = (room, own) => ask({ action: "join", value: wish.room = room, own, after: after(room) });
const recent = () => [...$("log").children].slice(-RECENT).map((row) => row.seq).filter((seq) => seen.has(seq));
const gap = () => recent().find((seq) => !seen.has(seq + 1)) ?? 0; // or the end
const after = (room) => (room === me.room ? gap() : undefined); // without it: all that the room has
const known = (room) => after(room) ?? (room === before.room ? before.known : undefined);
const message = (asked) => ask(Object.assign(asked, { action: "message" }));
const leave = (own) => ask({ action: "leave", value: wish.room = "", own });
const DETOURS = [["no-such-room", create], ["room-exists", join]]; // from a room as it was: each once, so it ends
function ping() { // where pings are answered, silence tells that the connection is dead
  if (answers) clearTimeout(silence), silence = setTimeout(doubt, PONG, socket);
  pinged = true, socket?.send(JSON.stringify({ action: "ping" }));
}
function ask(asked) { // `own`: asked by the page, before all else, to have again what it had; the detours that are left
  asked.id ??= random();
  queue[asked.own ? "unshift" : "push"](asked), proceed();
}
function proceed() {
  queue = queue.filter((asked) => !asked.row || (outbox.has(asked) && !asked.failed));
  if (waiting || !socket || !queue.length || (restoring && !queue[0].own)) return;
  const { action, value, id, after, token, tried } = waiting = queue.shift();
  const elsewhere = `${tried ? "Perhaps it has arrived" : "Not sent"}: you have left that room.`;
  if (waiting.row && waiting.room !== me.room) return mark(answered(id), elsewhere), proceed();
  patience = tried ? setTimeout(stalled, REPLY, waiting) : setTimeout(doubt, REPLY, socket);
  waiting.tried = true, save(), socket.send(JSON.stringify({ action, value, id, after, token }));
}
function answered(id) { // what was asked, if it is this that waits
  const asked = waiting?.id === id ? waiting : null;
  if (asked) waiting = void clearTimeout(patience);
  return asked;
}
function stalled({ id }) { mark(answered(id), "Perhaps it has arrived: no reply came."), proceed(); } // once more

// ---- What we hear
const heard = {
  __proto__: null,
  signup({ id, name, rooms: all }) {
    const asked = waiting?.action === "register" && answered(id);
    if (!asked) return;
    [me.name, wish.name, rooms] = [name, name, new Set(all)];
    if (wish.room) join(wish.room, DETOURS); else if (me.room) leave([]); else settled();
    show(!asked.own);
  },
  "multi-message"({ id, room, users: all, messages, truncated }) {
    const asked = answered(id), again = room === me.room, lost = truncated && messages[0]?.seq > known(room) + 1;
    if (!asked) return;
    if (!again) $("log").replaceChildren(), [seen, last, below, following] = [new Set(), 0, 0, true];
    [me.room, wish.room, users, rooms, before] = [room, room, new Set(all), rooms.add(room), {}];
    if (lost) notice("", "Some of what was said meanwhile is missing: a room keeps its last messages.");
    for (const one of [...messages, ...early.splice(0).filter((one) => one.room === room)]) said(one, !again);
    for (const one of queue) if (one.tried && lost) mark(one, "Perhaps it has arrived: the room has forgotten.");
    settled(), show(!asked.own);
    if (!asked.own) $("room").value = "";
  },
  "client-message"(one) {
    if (!one.room || one.room === me.room) said(one); else if (one.room === wish.room) early.push(one);
  },
  "user-joined"({ user, room }) { if (room === me.room && !users.has(user)) users.add(user), notice(user, " joined"); },
  "user-left"({ user, room }) { if (room === me.room && user !== me.name && users.delete(user)) notice(user, " left"); },
  "single-room"({ message: room }) { rooms.add(room), show(); },
  "delete-room"({ room }) { if ((room !== me.room || room !== wish.room) && rooms.delete(room)) show(); },
  ack({ id, seq, time }) {
    const asked = answered(id);
    if (asked?.row) said({ user: me.name, message: asked.value, seq, time, id }); else if (asked) left();
  },
  pong() { [answers, pinged] = [true, false]; },
  error({ id, code, message }, what = safe(message || code)) {
    if (!waiting || (id ? id !== waiting.id : code === "unknown-action")) return; // a ping's
    if (code === "not-registered" || (waiting.own && code === "busy")) return closed(socket, what, "busy");
    const asked = answered(waiting.id), [[reason, detour] = [], ...others] = asked.own ?? [];
    if (reason === code) return detour(asked.value, others);
    if (asked.action === "leave" && code === "not-in-a-room") return left();
    if (asked.own && asked.action === "register") me.name = "";
    if (asked.own) me.room = "", settled();
    if (asked.row) return outbox.has(asked) && mark(asked, `Not sent: ${what}.`);
    Object.assign(wish, me), complain(asked.action === "register" ? "name" : "room", what), show();
  },
  gateway({ message }) { // its own words; a lab may have no route for pings
    if (pinged && (!waiting || message === "Forbidden")) pinged = false;
    else if (message) heard.error({ message, code: waiting?.own ? "busy" : "" });
  },
};
function decode(frame) { // as protocol/reader.py does: a field of the wrong type counts as missing
  const text = (it) => (typeof it === "string" ? it : ""), number = (it) => (Number.isFinite(it) ? it : 0);
  const list = (it, read) => (Array.isArray(it) ? it.map(read) : []);
  const entry = (it) => ({ user: text(it?.user), message: text(it?.message ?? it?.content), room: text(it?.room),
    seq: number(it?.seq), time: number(it?.time), id: text(it?.id) });
  let it = null; try { it = JSON.parse(frame); } catch { return {}; }
  return { ...entry(it), type: text(it?.type) || "gateway", name: text(it?.name), code: text(it?.code),
    rooms: list(it?.rooms, text), users: list(it?.users, text), messages: list(it?.messages, entry),
    truncated: it?.truncated === true };
}

// ---- The connection
async function connect() {
  clearTimeout(retry);
  if (opening) return;
  const attempt = opening = {};
  try {
    const headers = { Authorization: `Bearer ${location.hash.slice(1)}` };
    const reply = SIGN && await fetch(SIGN, { headers, signal: AbortSignal.timeout(OPEN) });
    const address = SIGN ? await reply.text() : LAB;
    if (SIGN && !reply.ok) throw new Error(address);
    if (attempt !== opening) return;
    const link = opening = new WebSocket(address);
    setTimeout(() => link === opening && closed(link, "No answer came in time."), OPEN);
    link.onopen = () => opened(link);
    link.onclose = ({ code, reason }) => closed(link, safe(reason), code);
    link.onmessage = ({ data }) => {
      if (link !== socket && link !== retiring) return;
      const event = decode(data);
      clearTimeout(silence), heard[event.type]?.(event), proceed();
    };
  } catch (error) {
    closed(attempt, error instanceof TypeError ? "`wschat web` does not answer: does it still run?" : error.message);
  }
}
function opened(link) { // a new connection is nobody, and nowhere: the name first, then the room, then what waits
  if (link !== opening) return link.close();
  lost();
  [socket, opening, restoring] = [link, null, true];
  setTimeout(move, MOVE, link);
  if (wish.name) register(wish.name, []); else settled();
  show();
}
function settled() { // all that could be brought back is; who takes our name does not just hang up again
  [restoring, retiring, tries] = [false, void retiring?.close(), me.name ? 0 : tries];
  state("open", "Connected"), proceed();
}
function lost() { // what is in flight may have arrived or not: the room will tell; all else is wished for
  if (restoring) retiring?.close();
  [retiring, socket, restoring, pinged] = [socket ?? retiring, null, false, false];
  queue = [answered(waiting?.id), ...queue].filter((asked) => asked?.row);
}
function doubt(link) { // it may be dead: it is used no more, but heard until another one has taken over
  if (link && link === socket) lost(), state("busy", "Connecting…"), connect();
}
function closed(link, why, code) {
  if (link === opening) opening = void (socket ? setTimeout(move, 60e3, socket) : later(why, code));
  if (link === socket) lost(), later(why, code);
  if (link === retiring) retiring = null;
  link.close?.();
}
function later(why, code) {
  const pause = Math.max(Math.min(FIRST_PAUSE * 2 ** tries++, LONGEST_PAUSE), PAUSES[code] ?? 0);
  const hint = me.name ? "" : ` Is the lab's address right?${SIGN ? "" : " One with AWS_IAM can't be used here."}`;
  [stopped, opening] = [pause === Infinity, null];
  if (stopped) return state("away", `The server ended the connection on purpose (${code}).`);
  retry = setTimeout(connect, pause * (0.5 + Math.random() / 2));
  state("away", `${why || "No connection."}${hint} Trying again…`);
}
const move = (link) => link === socket && (waiting ? setTimeout(move, 1000, link) : connect()); // and replace it
const woke = () => { doubt(socket), tries = 0; if (!stopped) connect(); }; // or the network changed

// ---- What is shown
const HIDDEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu; // but joiners, as in Persian and emoji
const BLANK = /(?! )[\p{Zs}\p{Default_Ignorable_Code_Point}\n\t\u2800\u{13441}\u{13442}\u{1d159}]/gu; // as render.py
const spell = (char) => `\\u{${char.codePointAt(0).toString(16)}}`;
const safe = (text) => text.replaceAll("\r\n", "\n").replace(HIDDEN, spell);
const safeName = (name) => safe(name).replace(BLANK, spell);
const clock = (day) => new Intl.DateTimeFormat([], { timeStyle: "short", dateStyle: day }).format;
const TODAY = clock(), EARLIER = clock("medium"), DAY = 20 * 3600e3, ORDER = new Intl.Collator().compare;
const state = (className, textContent) => {
  if ($("state").textContent !== textContent) Object.assign($("state"), { className, textContent });
};
const complain = (field, what) => { $(`${field}-error`).textContent = what, $(field).ariaInvalid = String(what !== ""); };
const notice = (user, what) => { place(made("notice", user, what), last), show(); };
const unsent = () => [...outbox].map(({ row, ...message }) => message);
const save = () => { store[LAB] = JSON.stringify({ token, ...wish, known: known(wish.room), unsent: unsent() }); };
const discard = (asked) => { outbox.delete(asked), asked.row.remove(), save(); };
const ADDRESS = /(\bhttps?:\/\/[^\s<>"\\]*[^\s<>"\\.,;:!?')\]}](?:(?<=:\/\/[^\s()]*\([^\s()]*)\))?)/iu;
const linked = (text) => text.split(ADDRESS).flatMap((part, at) => { // an address leads where it says
  if (at % 2 === 0 || !URL.canParse(part)) return part;
  const { href, origin, host, username } = new URL(part), rel = "noopener noreferrer", target = "_blank";
  const link = Object.assign(document.createElement("a"), { href, rel, target, textContent: part });
  return !username && part.toLowerCase().startsWith(origin) ? link : [link, ` (leads to ${host})`];
});
function made(template, name, ...text) {
  const row = $(template).content.firstElementChild.cloneNode(true);
  row.querySelector("bdi").textContent = safeName(name);
  row.querySelector(".text")?.append(...text);
  return row;
}
function said({ user, message: text, seq, time, id }, old) {
  const mine = user === me.name, sent = mine && [...outbox].find((asked) => asked.id === id), key = `${user}\n${id}`;
  if (sent) discard(sent);
  if (seen.has(seq) || seen.has(key)) return;
  if (seq) seen.add(seq), last = Math.max(last, seq);
  if (id) seen.add(key);
  const row = made("row", user, ...linked(safe(text))), at = new Date(time || NaN);
  row.classList.toggle("mine", mine);
  if (!Number.isNaN(+at)) row.querySelector("time").textContent = (Date.now() - at < DAY ? TODAY : EARLIER)(at);
  place(row, seq || last);
  if (!old) [below, unread] = [below + !following, unread + document.hidden], title();
}
function place(row, seq) { // in the order of the room
  const log = $("log"), end = log.lastElementChild;
  if (!following) reading ??= requestAnimationFrame(stay) && end;
  log.insertBefore(Object.assign(row, { seq }), end?.seq > seq ? [...log.children].find((one) => one.seq > seq) : null);
  if (log.childElementCount > ROWS) log.firstElementChild.remove();
}
const bottom = (row) => row.getBoundingClientRect().bottom;
function stay() { // what is being read stays where it is; once a frame, since measuring 1000 rows takes a while
  if (!following && reading?.isConnected) $("scroll").scrollTop += bottom(reading) - bottom($("log").lastElementChild);
  reading = null;
}
function hold({ value, id, room, tried, failed }) { // keep a message until it is known to have arrived
  const asked = { value, id, room, tried, row: made("draft", me.name || wish.name, safe(value)) };
  const [again, drop] = asked.row.querySelectorAll("button");
  again.onclick = () => { [asked.room, asked.tried] = [me.room, false], mark(asked), message(asked), $("message").focus(); };
  drop.onclick = () => { discard(asked), $("message").focus(); };
  outbox.add(asked), $("unsent").append(asked.row), $("scroll").scrollTop = 0;
  mark(asked, failed), message(asked);
}
function mark(asked, failed = "") {
  Object.assign(asked, { failed }).row.className = failed ? "failed" : "";
  asked.row.querySelector(".mark").textContent = failed || "Not delivered yet…";
  save();
}
function title() {
  document.title = `${unread ? `(${unread}) ` : ""}${me.room ? `${safeName(me.room)} · ` : ""}wschat`;
  $("news").textContent = below ? `${below} new ↓` : "";
}
function fill(id, names, current) { // entries that stay are not touched, so that none loses the focus
  const old = new Map([...$(id).children].map((row) => [row.key, row]));
  for (const [key, row] of old) if (!names.has(key)) row.remove();
  [...names].sort(ORDER).forEach((key, at) => {
    const row = old.get(key) ?? Object.assign(made(`${id}-row`, key), { key });
    row.firstElementChild.ariaCurrent = String(key === current);
    if ($(id).children[at] !== row) $(id).insertBefore(row, $(id).children[at] ?? null);
  });
}
function show(moved) { // whoever reads is left alone; but the focus must not be lost
  const at = document.activeElement, blank = document.body.className === "";
  document.body.className = me.room ? "in-room" : me.name ? "in-lobby" : restoring ? "" : "outside";
  $("me").lastElementChild.textContent = safeName(me.name);
  $("title").firstElementChild.textContent = safeName(me.room);
  fill("rooms", rooms, me.room), fill("users", users, me.name), title(), save();
  const field = $(me.room ? "message" : me.name ? "room" : "name");
  if (moved || blank || !at.checkVisibility()) field.focus();
}
function left() { me.room = wish.room = "", settled(), show(true); }

// ---- What people do
const forms = { register, create, say: (value) => { hold({ value, room: me.room }), $("message").value = ""; } };
document.onsubmit = (event) => {
  event.preventDefault();
  const field = event.target.querySelector("input, textarea"), { value } = field, size = [...value].length;
  const long = size > field.dataset.limit && `at most ${field.dataset.limit} characters, not ${size}`;
  const wrong = long || (value.trim() ? "" : "write something first");
  complain(field.id, wrong);
  if (!wrong) forms[event.target.id](value);
};
$("message").onkeydown = (event) => {
  if (event.keyCode === 13 && !event.shiftKey) event.preventDefault(), $("say").requestSubmit(); // 229 when composing
};
$("rooms").onclick = ({ target }) => { if (target.closest("button")) join(target.closest("li").key); };
$("leave").onclick = () => leave();
$("news").onclick = () => { $("scroll").scrollTop = 0, $("message").focus(); };
$("scroll").onscroll = () => { following = $("scroll").scrollTop > -40, below = following ? 0 : below, title(); };
document.onvisibilitychange = () => { unread = 0, title(), document.hidden || ping(); };
[window.ononline, window.onoffline] = [woke, woke];
$("retry").onclick = () => { stopped = false, state("busy", "Connecting…"), connect(), show(true); };
const owns = (secret) => new Promise((tell) => { // a duplicated tab has our token too: the lock tells whose it is
  const act = () => new Promise(() => tell(true)), signal = AbortSignal.timeout(1e3);
  if (navigator.locks) navigator.locks.request(secret, { signal }, act).catch(() => tell(false)); else tell(true);
});
const kept = JSON.parse(store[LAB] ?? "{}");
if (kept.token && await owns(kept.token)) {
  [token, wish.name, wish.room, before, restoring] = [kept.token, kept.name, kept.room, kept, kept.name !== ""];
  kept.unsent.forEach(hold);
} else owns(token);
setInterval(ping, PING);
setInterval(() => { if (Date.now() - beat > SLEPT) woke(); beat = Date.now(); }, 10e3);
connect(), show();
