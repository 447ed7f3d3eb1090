// The page of wschat: what a tab keeps, so that it is the same person after a reload, and still has what it could not
// send. Anything may stand there, since others write there too, and it may fail: what is no good is not taken.
import { $ } from "./view.js";

const MOST = 200; // messages, or names, at most
const SECRET = /^[0-9a-f]{32}$/; // as `random` makes them
const tab = (() => { try { return sessionStorage; } catch { return null; } })();

const hex = (byte) => byte.toString(16).padStart(2, "0");
export const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join("");

const secret = (it) => (typeof it === "string" && SECRET.test(it) ? it : "");
const text = (it, field) => (typeof it === "string" && [...it].length <= $(field).dataset.limit ? it : "");
const message = (it) => ({ value: text(it?.value, "message"), id: secret(it?.id), room: text(it?.room, "room"),
  tried: it?.tried !== false, failed: typeof it?.failed === "string" ? it.failed : "" });

export function read(key) { // return { token, name, room, known, unsent, ignored }, or {} where there is no token
  let it = null;
  try { it = JSON.parse(tab.getItem(key)); } catch { /* it can't be read */ }
  const token = secret(it?.token), name = text(it?.name, "name");
  const list = (field, read) => (Array.isArray(it?.[field]) ? it[field].slice(0, MOST).map(read) : []);
  const ignored = [...new Set(list("ignored", (each) => text(each, "name")))].filter(Boolean);
  const unsent = list("unsent", message).filter(({ value, id, room }) => value && id && room);
  const known = Number.isSafeInteger(it?.known) ? it.known : undefined;
  return token ? { token, name, room: name && text(it.room, "room"), known, unsent, ignored } : {};
}

export function write(key, record) { // return whether all is kept; what is old is not, since it would be sent again
  for (const each of [record, { ...record, unsent: [] }]) {
    try {
      tab.setItem(key, JSON.stringify(each));
      return each === record;
    } catch { /* it is full, or not to be had */ }
  }
  try { tab.removeItem(key); } catch { /* it was not to be had before */ }
  return false;
}

export const owns = (secret) => new Promise((tell) => { // a duplicated tab has our token too: the lock tells whose it is
  const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload"; // the page before may hold it yet
  const act = () => new Promise(() => tell(true)), signal = AbortSignal.timeout(isReload ? 5e3 : 1e3);
  if (navigator.locks) navigator.locks.request(secret, { signal }, act).catch(() => tell(false));
  else tell(isReload); // over plain http://
});
