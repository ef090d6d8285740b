// Node's configurable-http-proxy with the guard of a learner's door:
//
//     node guard.mjs …/configurable-http-proxy/bin/configurable-http-proxy [its own arguments]
//
// The stock command line runs with two methods of its proxy replaced. The guard looks at the route that the request is about to
// take, not at the address, so no spelling of an address leads past it; what it doesn't understand doesn't pass.

import { pathToFileURL } from "node:url";
import { askAt, cookiesOf, isOpen, isPlain, isProgram } from "./door.mjs";

class Refused extends Error {}

class NoAddress extends Error {
  constructor(code) {
    super("no address");
    this.code = code;
  }
}

/** A request's path as the Python proxy reads it: decoded once, nothing resolved. */
function pathOf(url) {
  const [raw] = url.split("?", 1);
  if (!isPlain(raw)) throw new NoAddress(404);
  const bytes = raw.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    throw new NoAddress(400);
  }
}

function mayPass(key, prefix, headers) {
  if (!prefix.startsWith("/user/") || isProgram(headers.authorization)) return true;
  return isOpen(key, prefix, cookiesOf(headers.cookie), Date.now() / 1000);
}

/** Send a browser to the hub, and anything else away. */
function refuse(kind, req, res) {
  if (kind === "ws") {
    res.on("error", () => {}); // a visitor who has left needs no answer
    res.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  } else if (["GET", "HEAD"].includes(req.method) && !("upgrade" in req.headers)) {
    res.writeHead(302, { Location: askAt(req.url), "Content-Length": 0 }).end();
  } else {
    res.writeHead(403, { "Content-Length": 0 }).end();
  }
}

function guard(proxy) {
  const { handleProxyError } = proxy;

  proxy.targetForReq = async function (req) {
    const route = await this._routes.getTarget(pathOf(req.url));
    if (!route) return undefined;
    if (!mayPass(this.authToken, route.prefix, req.headers)) throw new Refused();
    return { prefix: route.prefix, target: route.data.target };
  };

  proxy.handleProxyError = function (code, kind, req, res, error) {
    if (error instanceof Refused) return refuse(kind, req, res);
    if (error instanceof NoAddress) handleProxyError.call(this, error.code, kind, req, res);
    else handleProxyError.call(this, code, kind, req, res, error);
    if (kind === "ws") res?.end(); // the stock proxy leaves it open where no target was asked
  };
}

const [, , program] = process.argv;
process.argv.splice(1, 1); // from here on it is the stock program's command line
const stock = pathToFileURL(program);
const { ConfigurableProxy } = await import(new URL("../lib/configproxy.js", stock));
guard(ConfigurableProxy.prototype);
await import(stock);
