// The way to the kernel: one websocket, Jupyter's JSON protocol. It comes back by itself after a network
// cut, and when the kernel is gone it starts another one and has the page's cards made again in it. A page that
// nobody is at lets its kernel rest: it wakes one at the next touch.

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between attempts
const REVIVE_SECONDS = 6;
const CONNECT_SECONDS = 15;
const AWAY_SECONDS = 120;
const TOUCHES = ["pointerdown", "keydown", "wheel", "touchmove"];
const RESTARTED = ["restarting", "autorestarting"];

class Link {
  constructor(page, kernelId) {
    this.page = page;
    this.kernelId = kernelId;
    this.session = `bdhai-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    this.count = 0;
    this.attempt = 0;
    this.first = true;
    this.ready = new Promise((resolve) => {
      this.isReady = resolve;
    });
    this.cards = () => ({}); // set by the page
    this.onComm = () => {};
    this.onUp = () => {};
    addEventListener("online", () => this.hurry());
    addEventListener("pagehide", (event) => this.leave(event));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.seen());
    this.touched = Date.now();
    for (const kind of TOUCHES) addEventListener(kind, () => this.touch(), { passive: true, capture: true });
    hear("silent", () => this.suspect());
  }

  get up() {
    return this.live === true && this.socket.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const path = `${this.page.base}api/kernels/${this.kernelId}/channels?session_id=${this.session}`;
    const socket = new WebSocket(`${scheme}://${location.host}${path}`);
    this.socket = socket;
    socket.onopen = () => socket === this.socket && this.opened();
    socket.onmessage = (event) => socket === this.socket && typeof event.data === "string" && this.heard(event.data);
    socket.onclose = () => socket === this.socket && this.closed();
    this.opening = setTimeout(() => socket.readyState === WebSocket.CONNECTING && socket.close(), CONNECT_SECONDS * 1000);
  }

  opened() {
    if (this.first) this.settled();
    else this.revive();
  }

  settled() {
    this.first = false;
    this.attempt = 0;
    this.live = true;
    clearTimeout(this.reviving);
    this.isReady();
    this.say("up");
    this.onUp();
  }

  closed() {
    this.live = false;
    clearTimeout(this.reviving);
    clearTimeout(this.opening);
    this.say("down");
    if (this.gone) return;
    const wait = WAITS[Math.min(this.attempt, WAITS.length - 1)];
    this.attempt += 1;
    this.timer = setTimeout(() => this.again(), wait * 1000);
  }

  // Look for the kernel first: a culled one is replaced, an expired sign-in needs the learner.
  async again() {
    this.timer = null;
    const found = await this.call("GET", `api/kernels/${this.kernelId}`);
    if (found.status === 200) return this.open();
    if (found.status !== 0 && this.away) return this.rest();
    return found.status === 404 ? this.replace() : this.lost(found.status);
  }

  get away() {
    const unsaved = this.busy && this.busy();
    return !unsaved && Date.now() - this.touched > AWAY_SECONDS * 1000;
  }

  // The kernel was culled, or the whole server: nobody needs them before somebody comes back.
  rest() {
    this.resting = true;
    this.say("resting");
  }

  // Who comes back is looked after: a culled kernel leaves its socket open, and nothing says that nobody hears.
  touch() {
    const { away } = this;
    this.touched = Date.now();
    if (away && this.up) this.verify();
    if (!this.resting) return;
    this.resting = false;
    this.attempt = 0;
    this.say("down");
    this.again();
  }

  async verify() {
    const found = await this.call("GET", `api/kernels/${this.kernelId}`);
    if (found.status === 404) this.suspect();
  }

  seen() {
    this.touch();
    this.hurry();
  }

  async replace() {
    const made = await this.call("POST", "api/kernels", { name: "python3", path: this.page.folder });
    if (made.status !== 201) return this.lost(made.status);
    this.kernelId = made.body.id;
    return this.open();
  }

  // 0 = no network: go on trying. Anything else: the server is gone or does not know us any more.
  lost(status) {
    if (status !== 0 && this.attempt > 1) this.say("reload");
    const wait = WAITS[Math.min(this.attempt, WAITS.length - 1)];
    this.attempt += 1;
    this.timer = setTimeout(() => this.again(), wait * 1000);
  }

  async call(method, path, body) {
    const options = { method, headers: { "X-XSRFToken": this.page.xsrf }, redirect: "manual", cache: "no-store" };
    if (body) options.body = JSON.stringify(body);
    const patience = new AbortController();
    options.signal = patience.signal;
    const timer = setTimeout(() => patience.abort(), CONNECT_SECONDS * 1000);
    try {
      const answer = await fetch(this.page.base + path, options);
      return { status: answer.status || 302, body: answer.ok ? await answer.json() : null };
    } catch {
      return { status: 0, body: null };
    } finally {
      clearTimeout(timer);
    }
  }

  // Have the cards made where they are not; the kernel knows which it has.
  revive() {
    clearTimeout(this.reviving);
    this.live = false;
    const cards = JSON.stringify(JSON.stringify(this.cards()));
    this.post("shell", "execute_request", {
      code: `from courses.player import revive\nrevive(${cards})`,
      silent: true,
      store_history: false,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: false,
    });
    this.reviving = setTimeout(() => this.up || this.revive(), REVIVE_SECONDS * 1000);
  }

  heard(text) {
    const message = JSON.parse(text);
    const { content } = message;
    if (message.msg_type === "comm_msg") this.onComm(content.comm_id, content.data);
    else if (message.msg_type === "status" && RESTARTED.includes(content.execution_state)) this.restarted();
    else if (message.msg_type === "status" && content.execution_state === "dead") this.socket.close();
    else if (message.msg_type === "execute_reply" && !this.up && content.status === "ok") this.settled();
  }

  restarted() {
    this.say("down");
    this.revive();
  }

  send(commId, data) {
    if (!this.up) return false;
    this.post("shell", "comm_msg", { comm_id: commId, data });
    return true;
  }

  post(channel, type, content) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.count += 1;
    const header = {
      msg_id: `${this.session}-${this.count}`,
      msg_type: type,
      session: this.session,
      username: "",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const message = { channel, header, parent_header: {}, metadata: {}, content, buffers: [] };
    this.socket.send(JSON.stringify(message));
  }

  // A save got no answer: the socket may be dead without knowing it.
  suspect() {
    if (this.up) {
      const old = this.socket;
      this.closed();
      this.socket = { readyState: WebSocket.CLOSED };
      old.close();
    }
  }

  hurry() {
    if (this.up || !this.timer) return;
    clearTimeout(this.timer);
    this.attempt = 0;
    this.again();
  }

  say(state) {
    if (this.said === state) return;
    this.said = state;
    tell("link", { up: state === "up", reload: state === "reload", resting: state === "resting" });
  }

  // The page goes for good: give the kernel back. Unsaved words stay as drafts in the browser.
  leave(event) {
    if (event.persisted || this.gone) return;
    this.gone = true;
    const path = `${this.page.base}voila/api/shutdown/${this.kernelId}`;
    const options = { method: "POST", keepalive: true, headers: { "X-XSRFToken": this.page.xsrf } };
    if (!this.busy || !this.busy()) fetch(path, options).catch(() => {});
  }
}
