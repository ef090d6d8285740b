// Who may open a learner's address, for node's proxy: the rules of hub_config/door.py, one by one.

import { createHmac, timingSafeEqual } from "node:crypto";

const COOKIE = "bdhai-cua";
const SESSION = "jupyterhub-session-id";
const HUB_PATH = "/hub/cua";

/** The cookie's value that opens `place` in a session until a Unix time. */
function sign(key, place, session, until) {
  const text = [COOKIE, place.replace(/^\/+|\/+$/g, ""), session, until].join("\n");
  return `${until}.${createHmac("sha256", key).update(text).digest("hex")}`;
}

/** Tell whether a browser's cookies (a Map) open a learner's address; `now` in seconds. */
export function isOpen(key, place, cookies, now) {
  const shown = cookies.get(COOKIE) ?? "";
  const session = cookies.get(SESSION) ?? "";
  const until = shown.split(".", 1)[0];
  if (!key || !session || !/^[0-9]{1,12}$/.test(until) || Number(until) < now) return false;
  const [given, wanted] = [shown, sign(key, place, session, Number(until))].map((text) => Buffer.from(text));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The cookies of a `Cookie` header, as they are; the last of a name counts. */
export function cookiesOf(header) {
  return new Map((header ?? "").split(";").map(pair));
}

function pair(text) {
  const at = text.indexOf("=");
  const [name, value] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  return [name, value].map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
}

/** Tell whether somebody shows a token, which no browser sends by itself. */
export function isProgram(authorization) {
  return /^(token|bearer) /i.test(authorization ?? "");
}

/** Tell whether a request's path means the same to everybody. */
export function isPlain(path) {
  return /^\/[!-\[\]-~]*$/.test(path) && !/\/(\.|%2e){1,2}(\/|$)/i.test(path);
}

/** Where a browser gets the cookie and is sent back. */
export function askAt(path) {
  const escaped = encodeURIComponent(path).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${HUB_PATH}?next=${escaped.replaceAll("%2F", "/")}`;
}
