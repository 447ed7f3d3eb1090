// The page of wschat: how its requests become frames, and frames events: on our wire, and on that of the lab's own
// functions, which has no ids and tells less. wschat/protocol/lab_wire.py says why each thing is as it is.

const ANSWERED = { signup: ["register"], "multi-message": ["create", "join"], ack: ["message", "leave"] };
const NEEDED = { signup: ["name"], "multi-message": ["room"], error: ["code"], "client-message": ["user", "message"],
  "user-joined": ["user", "room"], "user-left": ["user", "room"], "single-room": ["message"], "delete-room": ["room"] };
const LISTS = ["rooms", "users", "messages"];
const ROUTES = { register: "register", create: "new-room", join: "join-room", message: "dispatch",
  leave: "leave-room" };
const SILENCE = { register: 4e3, join: 4e3, leave: 1e3 }; // ms after which it is done: its route may be one-way
const STATUS = { create: "scan", join: "scanStatus", leave: "" }; // what an answer without a type is known by
const EVERYBODY = "no-rooms"; // the name whose messages go to all, and the room in which we show them
const NO_IDS = "Nothing has an id: what was under way when the connection broke is not sent again by itself.";
const NO_ACKS = "Nothing is acknowledged: a message counts when it comes back.";
const CHOOSE = "; or, where the lab's own functions answer, `wschat web --wire lab`, or `--wire simple`";

// What to do besides where `register` has no answer by which they are recognised.
export const choose = (asked, answer = "Forbidden") => (
  asked?.action === "register" && answer === "Forbidden" ? CHOOSE : "");

let kind = ""; // which wire it is: ours, or to be recognised, if none is chosen
const stay = { told: false, rooms: new Set(), room: "", shown: new Map() }; // what outlives a connection

export function open(chosen) { // the wire of a new connection
  kind ||= chosen;
  return new (kind === "simple" ? SimpleWire : kind === "lab" ? LabWire : Wire)({});
}

function parse(frame) {
  try {
    const it = JSON.parse(frame);
    return it && typeof it === "object" && !Array.isArray(it) ? it : null;
  } catch { return null; }
}

function decode(it) { // as protocol/reader.py does: a field of the wrong type counts as missing
  const text = (it) => (typeof it === "string" ? it : ""), number = (it) => (Number.isFinite(it) ? it : 0);
  const list = (it, read) => (Array.isArray(it) ? it.map(read) : []);
  const entry = (it) => ({ user: text(it?.user), message: text(it?.message ?? it?.content), room: text(it?.room),
    seq: number(it?.seq), time: number(it?.time), id: text(it?.id) });
  return { ...entry(it), type: text(it.type) || "gateway", name: text(it.name), code: text(it.code),
    rooms: list(it.rooms, text), users: list(it.users, text), messages: list(it.messages, entry),
    truncated: it.truncated === true, reached: number(it.reached ?? -1), members: number(it.members ?? -1) };
}

function problem(it) { // what is wrong in a frame of a type that we know, if anything is
  const missing = Object.hasOwn(NEEDED, it.type) && NEEDED[it.type].find((field) => typeof it[field] !== "string");
  const other = LISTS.find((field) => field in it && !Array.isArray(it[field]));
  return missing ? `${it.type} has no ${missing}` : other ? `${other} is not a list` : "";
}

const answers = (type, action) => Object.hasOwn(ANSWERED, type) && ANSWERED[type].includes(action);

class Wire { // our own: requests and events are its frames
  constructor(asked) {
    this.asked = asked; // the request without an answer
  }

  say(request) {
    if (this.lab) return this.lab.say(request);
    if (request.action !== "ping") this.asked = request;
    return { frame: JSON.stringify(request) };
  }

  read(frame) {
    const it = parse(frame);
    if (!kind && it && "updateStatus" in it && this.asked.action === "register") {
      kind = "lab";
      this.lab = new LabWire(this.asked);
    }
    return this.lab ? this.lab.read(frame) : this.understand(it ?? { type: "rubbish" });
  }

  understand(it) { // what answers without an id answers what is asked, if its type does
    const event = decode(it), wrong = problem(it), { action, id } = this.asked;
    const isIt = event.id ? event.id === id : it.type === "error" || answers(it.type, action);
    if (wrong) return isIt ? [{ type: "gateway", message: `The answer can't be read: ${wrong}` }] : [];
    return [isIt && event.type !== "error" ? { ...event, id } : event];
  }

  silent(request) {
    return this.lab?.silent(request) ?? [];
  }
}

class LabWire extends Wire {
  name = this.asked.value ?? "";
  room = "";
  heard = new Map(stay.shown); // how often what was said by whom: both of two connections hear it, and it is shown once
  lacks = [NO_IDS, NO_ACKS, "Nobody is told who is in a room, who comes or who goes.",
    "A name is nobody's own: anybody can be anybody.",
    "A new room takes the place of one of the same name, and its messages."];

  say(request) {
    const { action, value, id } = request;
    if (action === "ping") return super.say(request);
    const refusal = this.refusal(action, value);
    if (refusal) return { events: [{ type: "error", id, code: refusal[0], message: refusal[1] }] };
    this.asked = request;
    if (action === "register") this.name = value;
    if (action === "join" || action === "create") this.enter(value);
    return this.said(action, value);
  }

  refusal(action, value) { // what these functions would not refuse, and should
    if (this.room && !["message", "leave"].includes(action)) return ["in-a-room", `Leave ${this.room} first.`];
    if (action === "create" && stay.rooms.has(value)) return ["room-exists", "There is such a room."];
    if (action === "register" && value === EVERYBODY) return ["name-taken", "By that name one speaks to all rooms."];
  }

  enter(room) {
    if (room !== stay.room) Object.assign(stay, { room, shown: new Map() });
    this.heard = new Map(stay.shown);
  }

  said(action, value) {
    const room = action === "join" || action === "create" ? value : this.room;
    const frame = JSON.stringify({ action: ROUTES[action], value: value ?? "", room, name: this.name });
    return { frame, silence: SILENCE[action] };
  }

  silent(request) {
    return request === this.asked ? this.done() : [];
  }

  read(frame) {
    const it = parse(frame);
    if (!it) return [];
    const hasForm = "type" in it || "message" in it; // that of an event, or of API Gateway
    if (!hasForm || it.type === "signup" || it.type === "multi-message") return this.replied(it);
    const { action, value } = this.asked, wrong = problem(it);
    if (wrong) return action === "message" ? [{ type: "gateway", message: `The answer can't be read: ${wrong}` }] : [];
    if (it.type === "client-message") return this.saidInRoom(it);
    if (it.type === "single-room") stay.rooms.add(it.message);
    if (it.type === "delete-room") stay.rooms.delete(it.room);
    const isMade = it.type === "single-room" && action === "create" && value === it.message;
    const isGone = it.type === "delete-room" && action === "leave" && this.room === it.room;
    if (!("type" in it) && it.message !== "Forbidden") this.asked = {};
    return [...(isMade || isGone ? this.done() : []), decode(it)];
  }

  replied(it) {
    const { action, id } = this.asked;
    const failed = Object.keys(it).filter((name) => it[name] === "FAIL" && name !== "rooms");
    const isIt = it.type ? answers(it.type, action) : action in STATUS && (!STATUS[action] || STATUS[action] in it);
    const wrong = failed.length ? `The function answered FAIL: ${failed.join(", ")}`
      : it.rooms !== "FAIL" && isIt && it.type ? problem({ ...it, name: "", room: "" }) : "";
    if (wrong) {
      this.asked = {};
      return [failed.length ? { type: "error", id, code: "", message: wrong }
        : { type: "gateway", message: `The answer can't be read: ${wrong}` }];
    }
    const { rooms, messages } = decode(it), times = it.type === "multi-message" ? it.messages ?? [] : [];
    const fresh = this.fresh(messages.map((each, at) => ({ ...each, time: time(times[at]?.time), room: stay.room })));
    if (isIt) return this.done(rooms, fresh);
    return this.room ? fresh.map((each) => ({ ...each, type: "client-message" })) : []; // late, after its silence
  }

  done(rooms = [], messages = []) { // the reply to what is asked
    const { action, id } = this.asked;
    this.asked = {};
    if (action === "register") {
      const told = stay.told ? [] : [{ type: "wire", lacks: this.lacks }];
      Object.assign(stay, { told: true, rooms: new Set(rooms) });
      return [...told, { type: "signup", id, name: this.name, rooms }];
    }
    if (action === "join" || action === "create") {
      this.room = stay.room;
      stay.rooms.add(this.room);
      return [{ type: "multi-message", id, room: this.room, users: [], messages, forgets: true }];
    }
    if (action === "leave") {
      this.room = "";
      this.enter("");
    }
    return [{ type: "ack", id }];
  }

  fresh(messages) { // what of a room's history was not shown
    const stored = new Map(), fresh = messages.filter((each) => {
      const key = `${each.user}\n${each.message}`, count = (stored.get(key) ?? 0) + 1;
      stored.set(key, count);
      return count > (stay.shown.get(key) ?? 0);
    });
    for (const [key, count] of stored) stay.shown.set(key, Math.max(count, stay.shown.get(key) ?? 0));
    if (messages.length) this.heard = new Map(stay.shown);
    return fresh;
  }

  saidInRoom({ user, message }) {
    const key = `${user}\n${message}`, count = (this.heard.get(key) ?? 0) + 1, { action, value, id } = this.asked;
    this.heard.set(key, count);
    if (!this.listensTo(user) || count <= (stay.shown.get(key) ?? 0)) return [];
    stay.shown.set(key, count);
    const event = { type: "client-message", user, message, room: this.room || stay.room, time: Date.now() };
    if (action !== "message" || value !== message || !this.isMine(user)) return [event];
    return [{ ...event, user: this.name, id }, ...this.done()];
  }

  listensTo(user) {
    return user !== EVERYBODY;
  }

  isMine(user) {
    return user === this.name;
  }
}

class SimpleWire extends LabWire { // one action: to say something to everybody
  lacks = ["There is one room for all who are connected, and nothing of it is kept.",
    `Nobody has a name: others are all called ${EVERYBODY}.`, NO_ACKS, NO_IDS];

  refusal() {}

  said(action, value) {
    if (action === "message") {
      return { frame: JSON.stringify({ action: ROUTES.message, value, room: EVERYBODY, name: EVERYBODY }) };
    }
    this.enter(EVERYBODY);
    return { events: this.done([EVERYBODY]) };
  }

  listensTo(user) {
    return user === EVERYBODY;
  }

  isMine(user) {
    return user === EVERYBODY;
  }
}

function time(text) { // as Node.js writes it in Lambda, in UTC
  const [, day, clock, half] = /^(\d+\/\d+\/\d+), (\d+:\d+:\d+)\s([AP]M)$/.exec(text) ?? [];
  return Date.parse(`${day} ${clock} ${half} UTC`) || 0;
}
