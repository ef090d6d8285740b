// A conversation in bubbles: choose what to say, read what comes back, go back a step or start again.
export function mount(api) {
  new Room(api).draw();
  return { state: (answer) => chatState(answer, api.exercise.scenes) };
}

class Room {
  constructor(api) {
    this.api = api;
    this.scenes = api.exercise.scenes;
    this.paths = {};
    for (const scene of this.scenes) this.paths[scene.id] = valid(scene, ((api.answer && api.answer.paths) || {})[scene.id]);
    this.open = this.scenes.find((scene) => !over(scene, this.paths[scene.id])) || this.scenes[0];
    const { h } = api;
    this.tabs = h("div", { class: "chat-tabs", role: "group", "aria-label": "Chọn cuộc trò chuyện" });
    this.title = h("h3", { class: "chat-title" });
    this.log = h("div", { class: "chat-log", role: "log", "aria-live": "polite" });
    this.choices = h("div", { class: "chat-choices" });
    this.tools = h("div", { class: "btn-row chat-tools" });
    if (this.scenes.length > 1) api.root.append(this.tabs);
    api.root.append(this.title, this.log, this.choices, this.tools);
  }

  get path() {
    return this.paths[this.open.id];
  }

  draw() {
    this.drawTabs();
    this.title.textContent = this.open.title;
    this.log.setAttribute("aria-label", `Trò chuyện với ${this.open.who}`);
    this.log.replaceChildren(...this.bubbles());
    this.drawChoices();
    this.drawTools();
  }

  drawTabs() {
    const { h } = this.api;
    const buttons = this.scenes.map((scene, index) => {
      const ended = over(scene, this.paths[scene.id]);
      const words = `${index + 1}${ended ? " ✓" : ""}`;
      const label = `Cuộc ${index + 1}: ${scene.title}${ended ? ", đã xong" : ""}`;
      const current = scene === this.open ? "true" : null;
      return h("button", { type: "button", class: "btn chat-tab", "aria-label": label, "aria-current": current, onclick: () => this.show(scene) }, words);
    });
    this.tabs.replaceChildren(...buttons);
  }

  bubbles() {
    const found = [this.bubble("them", stateOf(this.open, []).say)];
    this.path.forEach((id, index) => {
      const before = stateOf(this.open, this.path.slice(0, index));
      found.push(this.bubble("you", before.replies.find((reply) => reply.id === id).text));
      found.push(this.bubble("them", stateOf(this.open, this.path.slice(0, index + 1)).say));
    });
    return found;
  }

  bubble(by, text) {
    const { h } = this.api;
    const name = by === "you" ? "Bạn" : this.open.who;
    return h("div", { class: `chat-bubble chat-${by}` }, h("span", { class: "chat-name" }, `${name}: `), h("span", { class: "prewrap" }, text));
  }

  drawChoices() {
    const { h } = this.api;
    const { replies } = stateOf(this.open, this.path);
    const next = this.scenes.find((scene) => !over(scene, this.paths[scene.id]));
    if (replies.length) {
      const id = this.api.uid("chat");
      const buttons = replies.map((reply) => h("button", { type: "button", class: "btn chat-choice", onclick: () => this.choose(reply) }, reply.text));
      this.choices.replaceChildren(h("p", { class: "bdh-label", id }, "Bạn trả lời:"), h("div", { role: "group", "aria-labelledby": id }, ...buttons));
      return;
    }
    const ended = h("p", { class: "chat-ended", tabindex: "-1" }, "Cuộc trò chuyện này đã xong.");
    this.choices.replaceChildren(ended);
    if (next) this.choices.append(h("button", { type: "button", class: "btn", onclick: () => this.show(next) }, `Sang cuộc tiếp theo: ${next.title}`));
  }

  drawTools() {
    const { h } = this.api;
    if (!this.path.length) return this.tools.replaceChildren();
    const undo = h("button", { type: "button", class: "btn btn-quiet", onclick: () => this.back(this.path.length - 1) }, "Lùi một lượt");
    const again = h("button", { type: "button", class: "btn btn-quiet", onclick: () => this.back(0) }, "Thử lại từ đầu");
    return this.tools.replaceChildren(undo, again);
  }

  // Only new bubbles are added while a conversation goes on, so that a screen reader reads just those.
  choose(reply) {
    this.path.push(reply.id);
    this.log.append(...this.bubbles().slice(this.log.children.length));
    this.drawTabs();
    this.drawChoices();
    this.drawTools();
    this.focus();
    this.save();
  }

  back(length) {
    this.path.length = length;
    this.draw();
    this.focus();
    this.save();
  }

  show(scene) {
    this.open = scene;
    this.draw();
    this.focus();
  }

  focus() {
    const target = this.choices.querySelector("button.chat-choice, .chat-ended");
    if (target) target.focus({ preventScroll: true });
    const last = this.log.lastElementChild;
    if (last) last.scrollIntoView({ block: "nearest" });
  }

  save() {
    const paths = {};
    for (const scene of this.scenes) if (this.paths[scene.id].length) paths[scene.id] = [...this.paths[scene.id]];
    this.api.change({ paths });
  }
}

// The state at the end of a path.
function stateOf(scene, path) {
  let state = scene.states[0];
  for (const id of path) {
    const reply = state.replies.find((one) => one.id === id);
    if (!reply) return state;
    state = scene.states.find((one) => one.id === reply.to);
  }
  return state;
}

// A saved path as far as the conversation still knows it.
function valid(scene, path) {
  const found = [];
  for (const id of path || []) {
    if (!stateOf(scene, found).replies.some((one) => one.id === id)) break;
    found.push(id);
  }
  return found;
}

function over(scene, path) {
  return path.length > 0 && !stateOf(scene, path).replies.length;
}

function chatState(answer, scenes) {
  const paths = (answer && answer.paths) || {};
  if (!Object.keys(paths).length) return "blank";
  return scenes.every((scene) => over(scene, valid(scene, paths[scene.id]))) ? "done" : "partial";
}
