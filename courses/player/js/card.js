// The frame of an exercise: heading, setting, statement, the kind's own part, check, feedback, save state.

const CHECK_SECONDS = 30;
const CHECK_WORDS = {
  right: ["✓", "Đúng rồi."],
  partly: ["◐", "Đúng một phần."],
  wrong: ["✎", "Chưa đúng."],
  blank: ["…", "Bạn chưa trả lời câu này. Bạn chọn hoặc viết câu trả lời rồi bấm Kiểm tra."],
};
const TRY_AGAIN = "Bạn xem lại rồi bấm Kiểm tra lần nữa.";

function render({ model, el }) {
  el.classList.add("bdh");
  el.lang = "vi";
  if (!document.body.classList.contains("bdhai-page")) keepInside(el);
  const views = { submit: renderSubmit, review: renderReview };
  return (views[model.get("card").view] || renderExercise)(model, el);
}

// In JupyterLab, keys on a card are no commands of its notebook: there an arrow goes to the next cell and "m" changes
// the cell, whatever has the focus. Saving stays. A right click gets the browser's menu, which can paste.
function keepInside(el) {
  el.setAttribute("data-jp-suppress-context-menu", "");
  el.addEventListener("keydown", (event) => {
    const isSave = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
    if (!isSave) event.stopPropagation();
  });
}

function saveWords(kind, at) {
  if (kind === "saved") return at ? `Đã lưu lúc ${clock(at)}` : "Đã lưu";
  if (kind === "saving") return "Đang lưu…";
  if (kind === "failed") return "Chưa lưu được – bài vẫn còn trên máy này";
  if (kind === "conflict") return "Đang chờ bạn chọn bản để giữ";
  return "";
}

function renderExercise(model, el) {
  const view = new ExerciseView(model, el);
  return () => view.close();
}

// After some tries the learner may read the reason; it stays closed until they ask.
function whyDetails(why) {
  return h("details", { class: "bdh-why" }, h("summary", {}, "Xem vì sao"), h("p", { class: "prewrap" }, why));
}

class ExerciseView {
  constructor(model, el) {
    this.model = model;
    this.card = model.get("card");
    this.line = requests(model);
    this.saver = new Saver(this.line.ask, this.card, {
      state: (kind, at, message) => this.showSave(kind, at, message),
      conflict: (theirs) => this.showConflict(theirs),
    });
    this.build(el);
    this.onState = () => this.follow(model.get("state"));
    model.on("change:state", this.onState);
    this.stops = [
      hear("case", (wish) => isFor(wish, this.card) && this.switchCase(wish.case)),
      hear("roll-call", () => this.tellState()),
    ];
    this.open(model.get("state"));
  }

  build(el) {
    const title = uid("title");
    const { card } = this;
    this.part = h("div", { class: "bdh-part" });
    this.statement = h("div", { class: "bdh-statement", id: uid("statement") });
    this.warning = h("div", { class: "bdh-warning", role: "status" });
    this.feedback = h("div", { class: "bdh-feedback", role: "status", "aria-live": "polite" });
    this.save = h("p", { class: "bdh-save soft small" });
    this.actions = h("div", { class: "bdh-actions" });
    const heading = h("h2", { id: title }, `Câu ${card.number}/${card.count} `);
    heading.append(h("span", { class: "chip chip-points" }, `${number(card.points)} điểm`));
    this.root = h("section", { class: "card bdh-card", "aria-labelledby": title }, heading);
    if (document.body.classList.contains("bdhai-page")) this.root.id = `bai-tap-${card.number}`;
    if (!("" in card.variants)) this.root.append(this.caseChoice());
    this.root.append(this.warning, this.statement, this.part, this.actions, this.feedback, this.save);
    el.append(this.root);
  }

  caseChoice() {
    const id = uid("case");
    this.caseSelect = h("select", { id, onchange: () => this.tellCase() });
    for (const [key, name] of Object.entries(CASE_NAMES)) this.caseSelect.append(h("option", { value: key }, name));
    return h("p", { class: "bdh-case field" }, h("label", { for: id }, "Tình huống dành cho"), this.caseSelect);
  }

  tellCase() {
    tell("case", { lesson: this.card.lesson, case: this.caseSelect.value });
  }

  // Show the exercise of a setting with its answer.
  open(state) {
    const { variants } = this.card;
    this.exercise = variants[""] || variants[state.case];
    this.case = state.case;
    if (this.caseSelect) this.caseSelect.value = state.case;
    this.statement.innerHTML = this.exercise.statement_html || "";
    for (const img of this.statement.querySelectorAll('img[src^="assets/"]')) this.picture(img, img.getAttribute("src"));
    this.warning.replaceChildren();
    if (state.notice) this.warning.append(h("p", { class: "banner banner-warn" }, state.notice));
    this.feedback.replaceChildren();
    const shown = this.saver.start(state.case, state.answer, state.saved_at);
    this.part.replaceChildren();
    this.kind = this.mountKind(shown);
    this.showActions();
    this.tellState();
  }

  mountKind(answer) {
    const mount = KINDS[this.card.kind];
    return mount({
      h,
      uid,
      writing,
      root: this.part,
      exercise: this.exercise,
      case: this.case,
      answer,
      statementId: this.statement.id,
      change: (next, typing = false) => this.changed(next, typing),
      ask: (request, seconds) => this.line.ask(request, seconds),
      stream: (request, onPiece, seconds) => this.line.stream(request, onPiece, seconds),
      picture: (name, alt) => this.picture(h("img", { alt }), name),
      sending: (hooks) => new Sending((file, progress, stop) => upload(file, progress, stop, this.card.file_mib), hooks),
      tell: () => this.tellState(),
    });
  }

  picture(img, name) {
    showPicture(img, name, (request, seconds) => this.line.ask(request, seconds));
    return img;
  }

  showActions() {
    const note = this.kind.note ? h("p", { class: "soft small" }, this.kind.note) : null;
    this.actions.replaceChildren(...(note ? [note] : []));
    if (note && !this.kind.checkable) return;
    this.button = h("button", { type: "button", class: "btn", onclick: () => this.check() }, "Kiểm tra");
    this.actions.prepend(this.button);
  }

  changed(answer, typing) {
    this.feedback.replaceChildren();
    this.saver.change(answer, typing);
    this.tellState();
  }

  tellState() {
    if (!this.kind) return;
    const { lesson, exercise: id, number } = this.card;
    tell("answer", { lesson, id, number, state: this.kind.state(this.saver.current) });
  }

  async check() {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.button.setAttribute("aria-disabled", "true");
    this.feedback.replaceChildren(h("p", { class: "soft" }, "Đang kiểm tra…"));
    await this.saver.push();
    const { current: answer, case: caseName, card } = this.saver;
    const request = { type: "check", exercise: card.exercise, case: caseName, answer: answer || {} };
    const reply = await this.line.ask(request, CHECK_SECONDS);
    this.button.removeAttribute("aria-disabled");
    this.showCheck(reply);
  }

  showCheck(reply) {
    if (!reply.ok) {
      this.feedback.replaceChildren(h("p", { class: "banner banner-warn" }, reply.message));
      return;
    }
    const known = { ...CHECK_WORDS, ...this.kind.words };
    const [sign, words] = known[reply.status] || known.wrong;
    const more = reply.status === "right" ? reply.why : reply.hint;
    const box = h("div", { class: `bdh-verdict bdh-${reply.status}` });
    box.append(h("p", {}, h("strong", {}, h("span", { "aria-hidden": "true" }, `${sign} `), words)));
    if (reply.told) box.append(h("p", { class: "prewrap" }, reply.told));
    if (more) box.append(h("p", { class: "prewrap" }, more));
    if (reply.status !== "right" && reply.why) box.append(whyDetails(reply.why));
    if (reply.status === "partly" || reply.status === "wrong") box.append(h("p", {}, TRY_AGAIN));
    this.feedback.replaceChildren(box);
  }

  showSave(kind, at, message) {
    this.save.textContent = saveWords(kind, at);
    if (message) this.warning.replaceChildren(h("p", { class: "banner banner-warn" }, message));
    else if (kind === "saved" && !this.model.get("state").notice) this.warning.replaceChildren();
  }

  showConflict(theirs) {
    const choose = (mine) => {
      this.warning.replaceChildren();
      this.saver.resolve(mine, theirs);
      if (mine) return;
      this.remount();
      this.saver.look().then((isNewer) => isNewer && this.remount());
    };
    const box = h("div", { class: "banner banner-warn" });
    box.append(
      h("p", {}, "Câu này vừa được sửa ở một cửa sổ khác. Bạn muốn giữ bản nào?"),
      h(
        "div",
        { class: "btn-row" },
        h("button", { type: "button", class: "btn", onclick: () => choose(true) }, "Giữ bản ở đây"),
        h("button", { type: "button", class: "btn", onclick: () => choose(false) }, "Lấy bản kia"),
      ),
    );
    this.warning.replaceChildren(box);
  }

  remount() {
    this.part.replaceChildren();
    this.kind = this.mountKind(this.saver.current);
    this.tellState();
  }

  async switchCase(wish) {
    if (!this.caseSelect || wish === this.case) return;
    if (!(await this.saver.push())) return this.refuseCase(saveWords("failed"));
    const reply = await this.line.ask({ type: "case", exercise: this.card.exercise, case: wish }, SAVE_SECONDS);
    if (!reply.ok) return this.refuseCase(reply.message);
    return this.open(reply);
  }

  refuseCase(message) {
    this.caseSelect.value = this.case;
    this.warning.replaceChildren(h("p", { class: "banner banner-warn" }, message));
  }

  follow(state) {
    if (state.case !== this.case && this.caseSelect) {
      if (!this.saver.pending) this.open(state);
    } else if (this.saver.follow(state.answer, state.saved_at)) {
      this.remount();
      this.saver.report("saved");
    }
  }

  close() {
    this.saver.close();
    this.line.close();
    this.stops.forEach((stop) => stop());
    this.model.off("change:state", this.onState);
  }
}
