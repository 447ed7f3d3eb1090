// Lets what a Node function sends to AWS's hosts end in the local lab; runs before the function's code.
//
// Two things are replaced, under whatever client there is: the address of such a host is the lab's, and TLS with
// it is none, since nobody has its certificate. What that can't be done to is refused.

const https = require("https");
const net = require("net");
const tls = require("tls");

const WEB = [80, 443];

/** Take the lab at a port of this machine for each of AWS's hosts, whose names match a pattern. */
exports.endHere = function (port, names) {
  const pattern = new RegExp(`^(?:${names})$`, "i");
  const isAws = (host) => typeof host === "string" && pattern.test(host);

  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const normal = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
    const { host, port: asked } = normal[0];
    if (!isAws(host)) return connect.apply(this, args);
    if (WEB.includes(Number(asked))) {
      normal[0] = { ...normal[0], host: "127.0.0.1", port, lookup: undefined };
      return connect.call(this, normal);
    }
    const refused = new Error(`the local lab does not serve port ${asked} of ${host}, and nothing goes from it to AWS`);
    console.error(refused.message); // a function's log
    return this.destroy(refused);
  };

  const secure = tls.connect;
  tls.connect = function (...args) {
    const [options, callback] = net._normalizeArgs(args);
    const more = typeof args[1] === "object" ? args[1] : typeof args[2] === "object" ? args[2] : {};
    const asked = { ...options, ...more };
    if (!isAws(asked.servername || asked.host)) return secure.apply(tls, args);
    const socket = asked.socket || net.connect({ host: asked.host, port: asked.port });
    Object.assign(socket, {
      authorized: true,
      encrypted: true,
      alpnProtocol: false,
      getPeerCertificate: () => ({}),
      getSession: () => undefined,
      isSessionReused: () => false,
    });
    if (callback) socket.once("secureConnect", callback);
    const ready = () => socket.emit("secureConnect");
    if (socket.connecting) socket.once("connect", ready);
    else process.nextTick(ready);
    return socket;
  };

  // MiniStack replaces https.request, and the name of AWS's host is lost with it: to those, as without that.
  const own = https.request;
  let others = own;
  const hostOf = (url, options) => {
    const byUrl = typeof url === "string" || url instanceof URL;
    const asked = byUrl ? { hostname: new URL(url).hostname, ...options } : url;
    return asked.hostname || asked.host;
  };
  const request = (...args) => (isAws(hostOf(...args)) ? own : others).apply(https, args);
  Object.defineProperty(https, "request", {
    get: () => request,
    set: (replaced) => {
      others = replaced;
    },
  });
};
