// Calls AWS without its SDK, at AWS's own hosts, as the SDK would.

const crypto = require("crypto");
const https = require("https");
const { once } = require("events");

const hash = (text) => crypto.createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();

/** Return the headers of a post, signed for a service. */
function signed(service, host, path, body, more = {}) {
  const env = process.env;
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = [date.slice(0, 8), env.AWS_REGION, service, "aws4_request"];
  const headers = { host, "x-amz-date": date, "x-amz-security-token": env.AWS_SESSION_TOKEN, ...more };
  const names = Object.keys(headers).sort();
  const listed = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const twice = path.split("/").map(encodeURIComponent).join("/");
  const request = ["POST", twice, "", listed, names.join(";"), hash(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", date, scope.join("/"), hash(request)].join("\n");
  const signature = hmac(scope.reduce(hmac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`), text).toString("hex");
  const credential = `Credential=${env.AWS_ACCESS_KEY_ID}/${scope.join("/")}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** Send a request of node:https; return the status and the text of its answer. */
async function answered(request, body) {
  request.end(body);
  const [answer] = await once(request, "response");
  let text = "";
  for await (const part of answer) text += part;
  return [answer.statusCode, text];
}

/** Post to a connection; return the status. */
async function post({ domainName, stage }, connectionId, body) {
  const path = `/${stage}/@connections/${encodeURIComponent(connectionId)}`;
  const headers = signed("execute-api", domainName, path, body);
  const [status] = await answered(https.request({ hostname: domainName, path, method: "POST", headers }), body);
  return status;
}

/** Call DynamoDB; return its answer. */
async function dynamodb(operation, parameters) {
  const body = JSON.stringify(parameters);
  const hostname = `dynamodb.${process.env.AWS_REGION}.amazonaws.com`;
  const target = { "x-amz-target": `DynamoDB_20120810.${operation}`, "content-type": "application/x-amz-json-1.0" };
  const headers = signed("dynamodb", hostname, "/", body, target);
  const [status, text] = await answered(https.request({ hostname, path: "/", method: "POST", headers }), body);
  if (status !== 200) throw new Error(`${operation}: ${text}`);
  return JSON.parse(text);
}

module.exports = { answered, dynamodb, post, signed };
