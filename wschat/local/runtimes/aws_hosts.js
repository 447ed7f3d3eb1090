// Lets what a Node function sends to AWS's hosts end in the local lab; runs before the function's code.
//
// Two things are replaced, under whatever client there is: the address of such a host is the lab's, and TLS with
// it is none, since nobody has its certificate. What that can't be done to is refused.

const net = require("net");
const tls = require("tls");

const WEB = [80, 443];
const HERE = ["127.0.0.1", "localhost"];

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
      normal[0] = { ...normal[0], host: HERE[0], port, lookup: undefined };
      return connect.call(this, normal);
    }
    const refused = new Error(`the local lab serves ports 80 and 443 of AWS's hosts, not ${asked}; nothing goes from it to AWS`);
    console.error(refused.message); // a function's log
    return this.destroy(refused);
  };

  const secure = tls.connect;
  tls.connect = function (...args) {
    const [options, callback] = net._normalizeArgs(args);
    const more = typeof args[1] === "object" ? args[1] : typeof args[2] === "object" ? args[2] : {};
    const asked = { ...options, ...more };
    const answersStack = HERE.includes(asked.host) && Number(asked.port) === 443; // by AWS's cfn-response
    if (!isAws(asked.servername || asked.host) && !answersStack) return secure.apply(tls, args);
    const to = answersStack ? { host: HERE[0], port } : { host: asked.host, port: asked.port };
    const socket = asked.socket || net.connect(to);
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
};
