// The page of wschat: a whole WebSocket client. What it asks and hears is named as on the wire: JSON frames
// {action, value, id, …} go out, {type, …} come in; wschat/protocol tells of each, wschat/functions answer.
// The connection itself is in connection.js, what is shown in view.js, what outlives a reload in storage.js, and what
// another wire makes of it in wires.js.
import * as connection from "./connection.js";
import * as forms from "./forms.js";
import { owns, random, read, write } from "./storage.js";
import { safe } from "./text.js";
import * as view from "./view.js";
import { choose } from "./wires.js";

const { $ } = view, { LAB } = connection;
const PING = 60e3, PONG_TIMEOUT = 10e3, REPLY_TIMEOUT = 10e3, LATE = 5e3, ECHO_TIMEOUT = 4e3; // ms
const SOON = 200; // ms in which rooms that come and go are shown at once
const RECENT = 50; // messages among which a gap is asked for again

// ---- What is known
const me = { name: "", room: "" }; // as the server has it
const wanted = { name: "", room: "" }; // to be restored after a cut
let token = random(); // gets the name back
let rooms = new Set(), users = new Set();
let seen = new Set(), last = 0; // seqs and ids of this room's messages, and the highest seq
const unheard = new Set(); // ids of our messages, where only their coming back tells that the room was told
let early = []; // messages that overtook the reply to our entering their room
let reloaded = {}; // what this tab knew before it was loaded again
const outbox = new Set(); // messages that are not known to have arrived
let queue = [], inFlight = null, entering = null; // requests; the last one was to enter a room, as a cut came
let pongTimer = 0, replyTimer = 0, lateTimer = 0, pongs = false, pinged = false; // are pings answered? is one due?

const unsent = () => [...outbox].map(({ row, ...request }) => request);
const save = () =>
  view.showKept(write(LAB, { token, ...wanted, known: known(wanted.room), unsent: unsent(), ignored: view.listIgnored() }));

function show(moved) {
  view.show(me, rooms, users, connection.restoring, moved);
  save();
}

let showing = 0;
function showSoon() { // a flood of rooms must not keep the page from all else
  showing ||= setTimeout(() => {
    showing = 0;
    show();
  }, SOON);
}

function notice(user, what) {
  view.addNotice(user, what, last);
  show();
}

// ---- Requests: one at a time, since API Gateway runs the frames of a connection at the same time.
// One that restores what was before a cut has `fallbacks`: what to ask instead, by the code that refuses it.
const register = (name, fallbacks) => ask({ action: "register", value: wanted.name = name, token, fallbacks });
const create = (room, fallbacks) => ask({ action: "create", value: wanted.room = room, fallbacks });
const join = (room, fallbacks) => ask({ action: "join", value: wanted.room = room, fallbacks, after: after(room) });
const message = (request) => ask(Object.assign(request, { action: "message" }));
const leave = (fallbacks) => ask({ action: "leave", value: wanted.room = "", fallbacks });
const FALLBACKS = [["no-such-room", create], ["room-exists", join]]; // each once, so it ends

function ping() { // where pings are answered, silence tells that the connection is dead
  if (pongs) {
    clearTimeout(pongTimer);
    pongTimer = setTimeout(connection.replace, PONG_TIMEOUT, connection.socket);
  }
  pinged = true;
  if (connection.socket) connection.send({ action: "ping" });
}

function gap() { // the seq after which something may be missing, or the highest
  const recent = view.seqs(RECENT).filter((seq) => seen.has(seq));
  return recent.find((seq) => !seen.has(seq + 1)) ?? 0;
}
const after = (room) => (room === me.room ? gap() : undefined); // without it: all that the room has
const known = (room) => after(room) ?? (room === reloaded.room ? reloaded.known : undefined);

function ask(request) {
  request.id ??= random();
  if (request.fallbacks) queue.unshift(request); else queue.push(request);
  proceed();
}

function proceed() {
  queue = queue.filter((request) => !request.row || (outbox.has(request) && !request.failed));
  if (inFlight || !connection.socket || !queue.length || (connection.restoring && !queue[0].fallbacks)) return;
  inFlight = queue.shift();
  const { action, value, id, after, token, tried } = inFlight;
  if (inFlight.row && inFlight.room !== me.room) {
    mark(answered(id), `${tried ? "Perhaps it has arrived" : "Not sent"}: you have left that room.`);
    return proceed();
  }
  const [onTimeout, argument] = tried ? [giveUp, id] : [connection.replace, connection.socket];
  replyTimer = setTimeout(onTimeout, tried ? LATE : REPLY_TIMEOUT, argument);
  lateTimer = setTimeout(view.showLate, LATE, action, choose(inFlight));
  inFlight.tried = true;
  save();
  connection.send({ action, value, id, after, token });
}

function answered(id) { // return the request in flight if it has this id, and end it
  const request = inFlight?.id === id ? inFlight : null;
  if (request) {
    for (const each of [replyTimer, lateTimer]) clearTimeout(each);
    if (connection.socket && !connection.restoring) view.showState("open", "Connected");
    inFlight = null;
  }
  return request;
}

function giveUp(id) { // sent twice, and no reply
  mark(answered(id), "Perhaps it has arrived: no reply came.");
  connection.replace(connection.socket); // what comes late could be taken for another answer
}

// ---- The outbox
function hold({ value, id, room, tried, failed }) { // keep a message until it is known to have arrived
  const request = { value, id, room, tried };
  const send = () => {
    mark(Object.assign(request, { room: me.room, tried: false }));
    message(request);
  };
  request.row = view.addDraft(me.name || wanted.name, value, { send, discard: () => discard(request) });
  outbox.add(request);
  mark(request, failed);
  message(request);
}

function mark(request, failed = "") {
  request.failed = failed;
  view.markDraft(request.row, failed);
  save();
}

function discard(request) {
  outbox.delete(request);
  request.row.remove();
  save();
}

// ---- Events
const handlers = {
  __proto__: null,
  signup({ id, name, rooms: all }) {
    const request = inFlight?.action === "register" && answered(id);
    if (!request) return;
    me.name = wanted.name = name;
    rooms = new Set(all);
    if (entering?.value === wanted.room && me.room !== wanted.room) ask({ ...entering, fallbacks: [], tried: false });
    else if (wanted.room) join(wanted.room, FALLBACKS); else if (me.room) leave([]); else settle();
    show(!request.fallbacks);
  },
  "multi-message"({ id, room, users: all, messages, truncated, forgets }) {
    const request = answered(id), again = room === me.room, lost = truncated && messages[0]?.seq > known(room) + 1;
    if (!request) return;
    if (!again) {
      view.clearLog();
      [seen, last] = [new Set(), 0];
    }
    me.room = wanted.room = room;
    [users, rooms, reloaded] = [new Set(all), rooms.add(room), {}];
    if (lost) notice("", "Some of what was said meanwhile is missing: a room keeps its last messages.");
    for (const each of [...messages, ...early.splice(0).filter((each) => each.room === room)]) receive(each, !again);
    for (const each of queue) if (each.tried && (lost || forgets)) mark(each, "Perhaps it has arrived: look.");
    settle();
    show(!request.fallbacks);
    if ($("room").value === request.value) $("room").value = ""; // but not what was typed since
  },
  "client-message"(event) {
    if (event.user === me.name) unheard.delete(event.id);
    if (!event.room || event.room === me.room) receive(event);
    else if (event.room === wanted.room) early.push(event);
  },
  "user-joined"({ user, room }) {
    if (room !== me.room || users.has(user)) return;
    users.add(user);
    notice(user, " joined");
  },
  "user-left"({ user, room }) {
    if (room === me.room && user !== me.name && users.delete(user)) notice(user, " left");
  },
  "single-room"({ message: room }) {
    rooms.add(room);
    showSoon();
  },
  "delete-room"({ room }) {
    if ((room !== me.room || room !== wanted.room) && rooms.delete(room)) showSoon();
  },
  ack({ id, seq, time, reached, members }) {
    const request = answered(id);
    if (!request?.row) return request && left();
    const notSeen = `Your message was not seen back; others may have it: ${connection.DOCTOR}.`;
    const notHeard = () => unheard.delete(id) && notice("", notSeen);
    if (reached < 0 && !seen.has(`${me.name}\n${id}`)) setTimeout(notHeard, ECHO_TIMEOUT, unheard.add(id));
    receive({ user: me.name, message: request.value, seq, time, id });
    if (reached === 0) notice("", `Stored, but nobody was told: ${connection.DOCTOR}.`);
    else if (reached < members) notice("", `Reached ${reached} of ${members}: ${connection.DOCTOR}.`);
  },
  wire: ({ lacks }) => view.showWire(lacks),
  pong: () => { [pongs, pinged] = [true, false]; },
  error({ id, code, message }) {
    const what = safe(message || code);
    if (!inFlight || (id ? id !== inFlight.id : code === "unknown-action")) return; // a ping's
    if (code === "not-registered" || (inFlight.fallbacks && code === "busy")) return connection.fail(what);
    const request = answered(inFlight.id), { action, value, fallbacks, again } = request;
    if (code === "not-in-a-room" && request.row && !again) { // the server has forgotten us
      queue.unshift(Object.assign(request, { again: true, tried: false }));
      return join(me.room, FALLBACKS);
    }
    const [[reason, fallback] = [], ...others] = fallbacks ?? [];
    if (reason === code) return fallback(value, others);
    if (action === "leave" && code === "not-in-a-room") return left();
    if (fallbacks && action === "register") me.name = "";
    if (fallbacks && me.room && request.id === entering?.id) join(me.room, FALLBACKS);
    else if (fallbacks) {
      me.room = "";
      settle();
    }
    if (request.row) return outbox.has(request) && mark(request, `Not sent: ${what}.`);
    Object.assign(wanted, me);
    view.complain(action === "register" ? "name" : "room", what);
    show();
  },
  gateway({ message }) { // API Gateway's own words; a lab may have no route for pings
    if (pinged && (!inFlight || message === "Forbidden")) pinged = false;
    else if (message && inFlight?.fallbacks) handlers.error({ message, code: "busy" });
    else if (message)
      handlers.error({ code: "", message: `${message}: ${connection.DOCTOR}${choose(inFlight, message)}` });
  },
};

function receive({ user, message: text, seq, time, id }, old) {
  const mine = user === me.name, key = `${user}\n${id}`;
  const sent = mine && [...outbox].find((request) => request.id === id);
  if (sent) discard(sent);
  if (seen.has(seq) || seen.has(key)) return;
  if (seq) {
    seen.add(seq);
    last = Math.max(last, seq);
  }
  if (id) seen.add(key);
  view.addMessage({ user, text, time, seq: seq || last, me: me.name, old });
}

function settle() { // what could be restored is; now what people ask
  connection.restored();
  proceed();
}

function left() {
  me.room = wanted.room = "";
  settle();
  show(true);
}

// ---- The start
document.addEventListener("visibilitychange", () => document.hidden || ping());
forms.start({ register, create, join, leave, say: (value) => hold({ value, room: me.room }) });
const kept = read(LAB), isReload = Boolean(kept.token) && await owns(kept.token);
if (isReload) {
  [token, wanted.name, wanted.room, reloaded] = [kept.token, kept.name, kept.room, kept];
  kept.unsent.forEach(hold);
  view.ignore(...kept.ignored);
} else owns(token);
$("users").onclick = ({ target }) => {
  if (target.closest("button")) view.ignore(target.closest("li").key);
  save();
};
setInterval(ping, PING);
connection.start({
  isBusy: () => inFlight !== null,
  isNamed: () => me.name !== "",
  opened() {
    if (wanted.name) register(wanted.name, []); else settle();
    show();
  },
  received(event) {
    clearTimeout(pongTimer);
    handlers[event.type]?.(event);
    proceed();
  },
  lost() { // a message in flight may have arrived or not: the room will tell; all else is wanted again
    pinged = false;
    const cut = [answered(inFlight?.id), ...queue].filter((request) => request && !request.fallbacks);
    entering = cut.findLast(({ action }) => action === "join" || action === "create") ?? entering;
    queue = cut.filter((request) => request.row);
  },
  retried: () => show(true),
}, isReload && kept.name !== "");
show();
