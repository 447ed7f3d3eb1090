// Lets what a Node function sends to AWS's hosts end in the local lab; runs before the function's code.
//
// Two things are replaced, under whatever client there is: the address of such a host is the lab's, and TLS with
// it is none, since nobody has its certificate. What that can't be done to is refused.

const childProcess = require("child_process");
const net = require("net");
const tls = require("tls");

const WEB = [80, 443];
const HERE = ["127.0.0.1", "localhost"];

/** Return the options of a connection, in whichever form node:net and node:tls take them. */
function optionsOf(args) {
  const [first, second, third] = Array.isArray(args[0]) ? args[0] : args;
  const more = [second, third].find((each) => each && typeof each === "object");
  if (typeof first === "object") return { ...first, ...more };
  return { port: first, ...(typeof second === "string" && { host: second }), ...more };
}

/** Take the lab at a port of this machine for each of AWS's hosts, whose names match a pattern. */
exports.endHere = function (port, names) {
  const pattern = new RegExp(`^(?:${names})$`, "i");
  const isAws = (host) => typeof host === "string" && pattern.test(host);

  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const options = optionsOf(args);
    if (!isAws(options.host)) return connect.apply(this, args);
    const asked = options.port;
    if (WEB.includes(Number(asked))) {
      const here = { ...options, host: HERE[0], port, lookup: undefined };
      if (!Array.isArray(args[0])) return connect.call(this, here, args.at(-1));
      args[0][0] = here;
      return connect.apply(this, args);
    }
    const refused = new Error(`the local lab serves ports 80 and 443 of AWS's hosts, not ${asked}; nothing goes from it to AWS`);
    console.error(refused.message); // a function's log
    return this.destroy(refused);
  };

  const refuseProgram = (words) => {
    const named = words.join(" ").match(new RegExp(names, "i"));
    if (!named) return;
    const refused = new Error(`the local lab can't serve ${named[0]} to a program: let the function itself call it`);
    console.error(refused.message); // a function's log
    throw refused;
  };
  const spawn = childProcess.ChildProcess.prototype.spawn;
  childProcess.ChildProcess.prototype.spawn = function (options) {
    refuseProgram(options.args || []);
    return spawn.call(this, options);
  };
  for (const name of ["execFileSync", "execSync", "spawnSync"]) {
    const run = childProcess[name];
    childProcess[name] = function (command, ...more) {
      refuseProgram([command, ...(Array.isArray(more[0]) ? more[0] : [])]);
      return run.call(childProcess, command, ...more);
    };
  }

  const secure = tls.connect;
  tls.connect = function (...args) {
    const asked = optionsOf(args);
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
    if (typeof args.at(-1) === "function") socket.once("secureConnect", args.at(-1));
    const ready = () => socket.emit("secureConnect");
    if (socket.connecting) socket.once("connect", ready);
    else process.nextTick(ready);
    return socket;
  };
};
