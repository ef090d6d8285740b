// The trainer's queue, quick: keys, and the next answer without a reload. All of it works without this file, too.
"use strict";

const KEYS = "bdhai-phim-tat"; // in localStorage: "khong" turns the keys off on this computer
let ahead = null; // the next answer, fetched ahead: {address, coming: a promise of its page, or of null}
let busy = false;

const find = (selector) => document.querySelector(selector);
const say = (text) => { find("#bao").textContent = text; };
const keysOn = () => localStorage.getItem(KEYS) !== "khong";

function fault(text, focus) {
  const place = find("[data-fault]");
  if (place) {
    place.textContent = text;
    place.hidden = !text;
  }
  say(text);
  focus?.focus();
}

// ---- one answer after the other

async function get(address, form, submitter) {
  const token = find("input[name=_xsrf]")?.value ?? ""; // the hub wants it for reading by a script, too
  const options = { headers: { "X-Queue": "1", "X-Xsrftoken": token } };
  if (form) {
    options.method = "POST";
    options.body = new URLSearchParams(new FormData(form));
    if (submitter?.name) options.body.append(submitter.name, submitter.value);
  }
  const reply = await fetch(address, options);
  return { reply, html: await reply.text() };
}

function show(html, address) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main.queue");
  if (!main) return false;
  find("main").replaceWith(document.adoptNode(main));
  if (address) history.replaceState(null, "", address);
  begin();
  scrollTo(0, 0);
  const told = [...document.querySelectorAll("main > .banner")].map((one) => one.textContent);
  const head = find("main h1");
  say([...told, head.textContent].join(" "));
  (find("#loi") && find("#cham") ? find("#cham").querySelector("input:not([type=hidden])") : head)?.focus();
  return true;
}

async function send(form, submitter) {
  if (busy) return;
  busy = true;
  form.setAttribute("aria-busy", "true");
  try {
    const { reply, html } = await get(form.action, form, submitter);
    const known = reply.ok || reply.status === 422;
    if (!known || !show(html, reply.headers.get("X-Address"))) {
      fault("Chưa ghi được. Điều bạn chọn vẫn còn ở đây; bạn thử lại, hoặc tải lại trang.");
    }
  } catch {
    fault("Chưa nối được với máy chủ nên chưa ghi. Điều bạn chọn vẫn còn ở đây; bạn thử lại.");
  } finally {
    busy = false;
    form.removeAttribute("aria-busy");
  }
}

async function skip(link) {
  const html = ahead?.address === link.href ? await ahead.coming : null;
  if (!html || !show(html, link.href)) location.assign(link.href);
}

async function next(address) {
  try {
    const { reply, html } = await get(address);
    if (!reply.ok) return null;
    const picture = new DOMParser().parseFromString(html, "text/html").querySelector("img.handed");
    if (picture) new Image().src = picture.getAttribute("src");
    return html;
  } catch {
    return null; // nothing is lost: the link itself still works
  }
}

function fetchAhead() {
  const address = find("[data-skip]")?.href;
  ahead = address ? { address, coming: next(address) } : null;
}

function begin() {
  const help = find("[data-keys-help]");
  if (help) help.hidden = false;
  const choice = find("[data-keys-on]");
  if (choice) choice.checked = keysOn();
  document.documentElement.toggleAttribute("data-keys", keysOn());
  const form = find("#cham");
  if (form) form.noValidate = Boolean(form.querySelector(".criterion")); // the page says itself what is missing
  fetchAhead();
}

// ---- forms

function undecided(form) {
  return [...form.querySelectorAll(".criterion")].find((one) => !one.querySelector(":checked"));
}

function insert(button) {
  const field = find("#gop-y");
  const text = document.getElementById(button.getAttribute("aria-describedby")).textContent;
  field.value = [field.value.trimEnd(), text].filter(Boolean).join("\n");
  field.focus();
  say("Đã chèn câu góp ý.");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  event.preventDefault();
  if (button?.value.startsWith("chen-")) {
    insert(button);
    return;
  }
  const open = form.id === "cham" && (!button || button.value === "ghi") && undecided(form);
  if (open) {
    fault(`Bạn chưa chấm tiêu chí ${open.dataset.number}.`, open.querySelector("input"));
    return;
  }
  send(form, button);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-skip]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    skip(link);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-on]")) {
    localStorage.setItem(KEYS, event.target.checked ? "co" : "khong");
    document.documentElement.toggleAttribute("data-keys", keysOn());
  } else if (event.target.closest(".criterion")) {
    fault("");
  }
});

// ---- keys

function decide(number) {
  const criterion = find(`.criterion[data-number="${number}"]`);
  if (!criterion) return false;
  const [met, unmet] = criterion.querySelectorAll("input");
  const chosen = met.checked ? unmet : met;
  chosen.checked = true;
  chosen.focus();
  fault("");
  say(`Tiêu chí ${number}: ${chosen.value === "dat" ? "Đạt" : "Chưa đạt"}`);
  return true;
}

const press = (selector) => { const one = find(selector); one?.click(); return Boolean(one); };
const ghi = () => press('#cham [value="ghi"]');
const LETTERS = {
  g: () => { const field = find("#gop-y"); field?.focus(); return Boolean(field); },
  s: () => press("[data-skip]"),
  u: () => press("[data-undo]"),
};

function pressed(event) {
  const target = event.target;
  if (target.matches("textarea, input[type=text]")) {
    if (event.key === "Escape") { find("main h1").focus(); return true; }
    return event.key === "Enter" && event.ctrlKey && ghi();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (/^[1-9]$/.test(event.key)) return decide(event.key);
  if (event.key === "Enter") return !target.closest("a, button, summary") && ghi();
  return LETTERS[event.key.toLowerCase()]?.() ?? false;
}

document.addEventListener("keydown", (event) => {
  if (keysOn() && !event.isComposing && !event.repeat && pressed(event)) event.preventDefault();
});

begin();
