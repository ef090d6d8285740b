// Small parts that every card uses. Text goes in as text; only statement_html is HTML, made by the builder.

const CASE_NAMES = {
  official: "Cán bộ, công chức, viên chức",
  trader: "Chủ doanh nghiệp, hợp tác xã, hộ kinh doanh",
  citizen: "Nông dân, người lao động",
};

// JupyterLab loads this code once a card, so the page counts: two cards with the same ids would take each
// other's labels and radio buttons.
function uid(prefix) {
  globalThis.bdhaiIds = (globalThis.bdhaiIds || 0) + 1;
  return `bdh-${prefix}-${globalThis.bdhaiIds}`;
}

// h("p", {class: "soft", onclick: f}, "chữ", node): properties that are functions become listeners.
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// A picture of the lesson: straight from its address in the lesson view, through the kernel elsewhere.
const PICTURE_SECONDS = 20;

async function showPicture(img, name, ask) {
  const page = document.getElementById("bdhai-page");
  if (page) {
    const { base, folder } = JSON.parse(page.textContent);
    img.src = `${base}voila/files/${folder.split("/").map(encodeURIComponent).join("/")}/${name}`;
    return;
  }
  img.removeAttribute("src");
  const reply = await ask({ type: "picture", name }, PICTURE_SECONDS);
  if (reply.ok) img.src = reply.address;
}

// Events between the cards of one page, whatever shows the page. JupyterLab shows several lessons in one page: what
// concerns one says which.
function tell(name, detail = {}) {
  document.dispatchEvent(new CustomEvent(`bdhai:${name}`, { detail }));
}

function hear(name, act) {
  const listener = (event) => act(event.detail);
  document.addEventListener(`bdhai:${name}`, listener);
  return () => document.removeEventListener(`bdhai:${name}`, listener);
}

function isFor(told, card) {
  return !told.lesson || told.lesson === card.lesson;
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) || "null";
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

function same(one, other) {
  return canonical(one) === canonical(other);
}

const VIETNAM = "Asia/Ho_Chi_Minh";

function clock(moment) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: VIETNAM, hour: "2-digit", minute: "2-digit" }).format(moment);
}

function dayOf(moment) {
  const parts = { timeZone: VIETNAM, day: "2-digit", month: "2-digit", year: "numeric" };
  return new Intl.DateTimeFormat("en-GB", parts).format(moment);
}

function number(value) {
  return value == null ? "–" : String(Math.round(value * 100) / 100).replace(".", ",");
}

const MAY_BE_TWICE = ["save", "pupil", "cards", "card", "picture"]; // a second time changes nothing more

// One request to the kernel at a time gets its own reply. Never rejects: no reply is a reply, too.
function requests(model) {
  const waiting = new Map();
  const settle = (ref, reply) => {
    const entry = waiting.get(ref);
    if (!entry) return;
    clearTimeout(entry.timer);
    waiting.delete(ref);
    entry.resolve(reply);
  };
  const onReply = (reply) => {
    if (!reply) return;
    const entry = waiting.get(reply.of);
    if (!entry || !entry.onPiece) return settle(reply.ref, reply);
    entry.wait(); // it is alive: patience begins anew
    entry.onPiece(reply.piece);
  };
  model.on("msg:custom", onReply);
  const start = (request, seconds, resolve, onPiece) => {
    const ref = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
    const entry = { resolve, onPiece, type: request.type };
    entry.wait = () => {
      clearTimeout(entry.timer);
      entry.timer = setTimeout(() => settle(ref, { ok: false, silent: true, message: SILENT }), seconds * 1000);
    };
    entry.wait();
    waiting.set(ref, entry);
    if (model.send({ ...request, ref }) === false) settle(ref, { ok: false, lost: true, message: LOST });
    return ref;
  };
  const ask = (request, seconds) => new Promise((resolve) => start(request, seconds, resolve));
  // A reply that comes in pieces, and can be stopped; `seconds` is the patience between two pieces.
  const stream = (request, onPiece, seconds) => {
    let ref;
    const done = new Promise((resolve) => {
      ref = start(request, seconds, resolve, onPiece);
    });
    return { done, stop: () => ask({ type: "stop", of: ref }, seconds) };
  };
  // What may be sent twice need not wait for a reply that a cut has probably swallowed. Pieces after a cut would
  // not fit what is there.
  const stop = hear("link", (link) => {
    if (link.up) return;
    for (const [ref, entry] of [...waiting]) {
      if (MAY_BE_TWICE.includes(entry.type) || entry.onPiece) settle(ref, { ok: false, lost: true, message: LOST });
    }
  });
  const close = () => {
    stop();
    model.off("msg:custom", onReply);
  };
  return { ask, stream, close };
}

const LOST = "Đang mất kết nối. Bài của bạn vẫn còn trên máy này. Bạn chờ một lát rồi bấm lại.";
const SILENT = "Máy chủ chưa trả lời. Bài của bạn vẫn còn trên máy này. Bạn chờ một lát rồi bấm lại.";
