// The page of wschat: its connection, opened (and signed, where a lab asks for that), opened again after a cut,
// and moved to a new one before API Gateway ends it.
import * as frames from "./frames.js";
import { safe } from "./text.js";
import { $, showState } from "./view.js";
import * as wires from "./wires.js";

const setting = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
export const LAB = setting("lab"); // the WebSocket's address
const SIGN = setting("sign"); // where it is signed, if it is to be
export const DOCTOR = `\`wschat doctor --url ${LAB}${SIGN && " --sign"}\` finds the cause`;
// In ms. API Gateway ends every connection after 2 hours.
const MOVE = 6300e3, MOVE_LATER = 60e3, OPEN_TIMEOUT = 20e3, TICK = 10e3, ASLEEP = 180e3;
const GOODBYE = 1000; // at which a name is given back; no other end is one, also not that of `link.close()`
const FIRST_BACKOFF = 700, LONGEST_BACKOFF = 30e3, LIVED = 5e3; // ms; who hangs up before is left alone for longer
// At least, by close code; where it is Infinity, a person has to try again.
const BACKOFF = { busy: 4e3, 1008: 60e3, 1000: Infinity, 1003: Infinity, 1009: Infinity };

export let socket = null; // in use
export let restoring = false; // are the name and the room of before being restored?
let opening = null, retiring = null; // being opened; heard until another one is in use
let chat = null; // is told of what happens: opened, lost, received (an event); and asked: isBusy, isNamed
let attempts = 0, stopped = false, timer = 0, lastTick = Date.now();

export function start(listener, hasBefore) {
  [chat, restoring] = [listener, hasBefore];
  setInterval(tick, TICK);
  connect();
}

async function connect() {
  clearTimeout(timer);
  if (opening) return;
  const attempt = opening = {};
  try {
    const address = SIGN ? await signed() : LAB;
    if (attempt !== opening) return;
    const link = opening = Object.assign(new WebSocket(address), { wire: wires.open(setting("wire")) });
    setTimeout(() => link === opening && closed(link, "No answer came in time."), OPEN_TIMEOUT);
    link.onopen = () => opened(link);
    link.onclose = ({ code, reason }) => closed(link, safe(reason), code);
    link.onmessage = ({ data }) => {
      const text = typeof data === "string" ? data : `${data.size} bytes that are no text`;
      frames.note("received", text);
      hear(link, text);
    };
  } catch (error) {
    closed(attempt, error instanceof TypeError ? "`wschat web` does not answer: does it still run?" : error.message);
  }
}

async function signed() {
  const reply = await fetch(SIGN, { signal: AbortSignal.timeout(OPEN_TIMEOUT) });
  const address = await reply.text();
  if (!reply.ok) throw new Error(address);
  return address;
}

function hear(link, frame, events = link.wire.read(frame)) {
  if (link === socket || link === retiring) events.forEach(chat.received);
}

export function send(request) { // on the wire that the lab speaks, where some requests are answered by silence
  const link = socket, { frame, events = [], silence } = link.wire.say(request);
  if (frame) {
    frames.note("sent", frame);
    link.send(frame);
  }
  queueMicrotask(() => hear(link, "", events));
  if (silence) setTimeout(() => hear(link, "", link.wire.silent(request)), silence);
}

function opened(link) { // a new connection has neither name nor room
  if (link !== opening) return link.close();
  lost();
  [socket, opening, restoring] = [link, null, true];
  setTimeout(move, MOVE, link);
  chat.opened();
}

export function restored() { // the old one is closed only now: who takes our name does not just hang up again
  retiring?.close();
  [restoring, retiring] = [false, null];
  setTimeout((link) => { if (link === socket) attempts = 0; }, LIVED, socket);
  showState("open", "Connected");
}

function lost() {
  if (restoring) retiring?.close();
  [retiring, socket, restoring] = [socket ?? retiring, null, false];
  chat.lost();
}

export function replace(link) { // it may be dead: it is used no more, but heard until another one is in use
  if (!link || link !== socket) return;
  lost();
  showState("busy", "Connecting…");
  connect();
}

function move(link) {
  if (link !== socket) return;
  if (chat.isBusy()) setTimeout(move, 1000, link); else connect();
}

function closed(link, why, code) {
  if (link === opening) {
    opening = null;
    if (socket) setTimeout(move, MOVE_LATER, socket); else connectLater(why, code);
  }
  if (link === socket) {
    lost();
    connectLater(why, code);
  }
  if (link === retiring) retiring = null;
  link.close?.();
}

export const fail = (why) => closed(socket, why, "busy"); // the server can't restore what was before

function connectLater(why, code) {
  const backoff = Math.max(Math.min(FIRST_BACKOFF * 2 ** attempts++, LONGEST_BACKOFF), BACKOFF[code] ?? 0);
  stopped = backoff === Infinity;
  if (stopped) return showState("away", `The server ended the connection on purpose (${code}).`);
  timer = setTimeout(connect, backoff * (0.5 + Math.random() / 2));
  const unsigned = SIGN ? "" : " An API that asks for AWS_IAM can't be used here.";
  const hint = chat.isNamed() ? "" : ` ${DOCTOR}.${unsigned}`;
  showState("away", `${why || "No connection."}${hint} Trying again…`);
}

function wakeUp() { // from sleep, or in another network
  replace(socket);
  attempts = 0;
  if (!stopped) connect();
}

function tick() {
  if (Date.now() - lastTick > ASLEEP) wakeUp();
  lastTick = Date.now();
}

[window.ononline, window.onoffline] = [wakeUp, wakeUp];
window.onpagehide = () => [opening, retiring, socket].forEach((link) => link?.close?.(GOODBYE)); // closed, or loaded again
window.onpageshow = ({ persisted }) => persisted && location.reload(); // back from where it was kept without a connection
$("retry").onclick = () => {
  stopped = false;
  showState("busy", "Connecting…");
  connect();
  chat.retried();
};
