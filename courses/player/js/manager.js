// A widget manager for one page: finds the views, gives each an anywidget model, talks through a Link.

const CARD_MARK = "bdhai:card"; // the widget's code is this very file
const WIDGET = "application/vnd.jupyter.widget-view+json";
const NOTICE = "application/vnd.bdhai.notice+json";

// The model of anywidget's front-end module protocol.
class Model {
  constructor(id, link, state) {
    this.id = id;
    this.link = link;
    this.state = state;
    this.changed = new Set();
    this.listeners = new Map();
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    const values = typeof name === "string" ? { [name]: value } : name;
    for (const [key, next] of Object.entries(values)) {
      if (same(this.state[key], next)) continue;
      this.state[key] = next;
      this.changed.add(key);
      this.emit(`change:${key}`, this, next);
      this.emit("change", this);
    }
  }

  // What cannot be sent now stays marked and goes out when the link is up again.
  save_changes() {
    if (!this.changed.size) return;
    const state = Object.fromEntries([...this.changed].map((key) => [key, this.state[key]]));
    if (this.link.send(this.id, { method: "update", state, buffer_paths: [] })) this.changed.clear();
  }

  // Returns false when there is no link, so that the caller can wait instead of hoping.
  send(content, callbacks, buffers) {
    return this.link.send(this.id, { method: "custom", content });
  }

  on(name, act) {
    if (!this.listeners.has(name)) this.listeners.set(name, new Set());
    this.listeners.get(name).add(act);
  }

  off(name, act) {
    if (!name) this.listeners.clear();
    else if (!act) this.listeners.delete(name);
    else if (this.listeners.has(name)) this.listeners.get(name).delete(act);
  }

  emit(name, ...values) {
    for (const act of [...(this.listeners.get(name) || [])]) act(...values);
  }

  // A comm message of the kernel.
  receive(data) {
    if (data.method === "custom") this.emit("msg:custom", data.content, []);
    if (data.method !== "update" && data.method !== "echo_update") return;
    for (const [key, next] of Object.entries(data.state)) {
      if (this.changed.has(key) || same(this.state[key], next)) continue;
      this.state[key] = next;
      this.emit(`change:${key}`, this, next);
    }
    this.emit("change", this);
    if (this.whole) this.whole();
  }

  // Wait for the first full state; needed only when the page did not carry it.
  ask() {
    return new Promise((resolve) => {
      this.whole = () => {
        this.whole = null;
        resolve();
      };
      this.link.send(this.id, { method: "request_state" });
    });
  }

  // Call a Python method marked with anywidget's @command.
  invoke(name, msg, { signal } = {}) {
    const id = `${Date.now()}-${Math.random()}`;
    return new Promise((resolve, reject) => {
      const listen = (reply) => {
        if (reply.id !== id || reply.kind !== "anywidget-command-response") return;
        this.off("msg:custom", listen);
        resolve([reply.response, []]);
      };
      this.on("msg:custom", listen);
      if (signal) signal.addEventListener("abort", () => (this.off("msg:custom", listen), reject(signal.reason)));
      this.send({ id, kind: "anywidget-command", name, msg });
    });
  }
}

class Manager {
  constructor(link) {
    this.link = link;
    this.models = new Map();
    link.onComm = (id, data) => this.models.has(id) && this.models.get(id).receive(data);
    link.onUp = () => this.models.forEach((model) => model.save_changes());
  }

  // What the link asks a restarted kernel to make again: model id → exercise id.
  get cards() {
    const entries = [...this.models].map(([id, model]) => [id, (model.get("card") || {}).exercise || ""]);
    return Object.fromEntries(entries);
  }

  scan(root) {
    const scripts = (type) => [...root.querySelectorAll(`script[type="${type}"]`)].filter(isWhole);
    for (const script of scripts(WIDGET)) {
      script.removeAttribute("type");
      this.show(JSON.parse(script.textContent).model_id, JSON.parse(script.dataset.state || "{}"), script.dataset.cell);
    }
    for (const script of scripts(NOTICE)) {
      script.removeAttribute("type");
      put(script.dataset.cell, h("p", { class: "banner banner-warn" }, JSON.parse(script.textContent)));
    }
  }

  async show(id, carried, cell) {
    const inPage = "card" in carried;
    const model = this.models.get(id) || new Model(id, this.link, inPage ? { ...carried, _esm: CARD_MARK } : {});
    this.models.set(id, model);
    const el = h("div");
    put(cell, el);
    if (!inPage) {
      await this.link.ready;
      await model.ask();
    }
    const widget = await code(model.get("_esm"));
    if (widget.initialize) await widget.initialize({ model, experimental: { invoke: model.invoke.bind(model) } });
    await widget.render({ model, el, experimental: { invoke: model.invoke.bind(model) } });
    addCss(model.get("_css"));
    tell("shown", { el });
  }
}

function put(cell, node) {
  const slot = document.getElementById(`cell-${cell}`);
  if (slot) slot.replaceChildren(node);
}

const CODES = new Map(); // one import for all widgets of one class

function code(esm) {
  if (esm === CARD_MARK) return Promise.resolve({ render });
  if (!CODES.has(esm)) {
    const address = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const loaded = import(address).then((module) => module.default || module);
    CODES.set(esm, loaded.then((found) => (typeof found === "function" ? found() : found)));
  }
  return CODES.get(esm);
}

const STYLES = new Set();

function addCss(css) {
  if (!css || STYLES.has(css)) return;
  STYLES.add(css);
  document.head.append(h("style", {}, css));
}
