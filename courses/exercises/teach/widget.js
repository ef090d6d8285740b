// Teach the pupil Bé Chè in a conversation: it asks back, and sits its quiz when it has no further question.
// What is said lies in the answer's turns, what is typed and not said yet in its text. Marked after submission.
const PUPIL_SECONDS = 60; // the judge may think for three quarters of a minute
const LOOK_AGAIN = 8; // seconds until a judge that still thinks is asked again
const LOOK_SOON = 2; // seconds until a portal that did not answer is asked again; a line that comes back asks by itself
const MOST_LOOKS = 8;
const TURN_LIMIT = 1000; // characters, as the portal allows
const BEGIN = "Con nghe đây ạ. Hôm nay học gì thế ạ?";
const LABEL = "Lời bạn giảng";
const NOT_HEARD = "Lời bạn vừa nói vẫn còn";
const CUT = `Đang mất kết nối. ${NOT_HEARD}; có mạng lại, Bé Chè nghe tiếp.`;
const NAMES = { you: "Bạn", pupil: "Bé Chè" };
const SCRIPTED = "Lúc này chưa có AI nghe giúp, nên Bé Chè hỏi theo lời soạn sẵn. Bé Chè hiểu đến đâu sẽ có sau khi bài được chấm.";

export function mount(api) {
  return new Lesson(api).kind;
}

class Lesson {
  constructor(api) {
    this.api = api;
    const { h, uid, exercise } = api;
    const saved = api.answer || {};
    this.turns = saved.turns || [];
    this.left = null; // turns that may follow; null until the portal has said so
    this.looks = 0;
    const ids = { count: uid("count"), list: uid("criteria") };
    this.log = h("div", { class: "teach-log", role: "log", "aria-label": "Trò chuyện với Bé Chè" });
    this.status = h("p", { class: "soft small teach-status", role: "status" });
    this.quiz = h("div", { class: "teach-quiz", role: "status" });
    this.count = h("p", { class: "bdh-count soft small", id: ids.count });
    this.box = h("textarea", {
      rows: 4,
      maxlength: TURN_LIMIT,
      "aria-label": LABEL,
      "aria-describedby": `${api.statementId} ${ids.list} ${ids.count}`,
      oninput: () => this.typed(),
    });
    this.button = h("button", { type: "button", class: "btn", onclick: () => this.say() }, "Nói với Bé Chè");
    const criteria = exercise.criteria.map((one) => h("li", {}, one.text));
    api.root.append(
      h("p", { class: "bdh-label" }, "Bài được chấm theo:"),
      h("ul", { class: "bdh-criteria", id: ids.list }, ...criteria),
      this.log,
      this.status,
      this.quiz,
      h("p", { class: "bdh-label", "aria-hidden": "true" }, LABEL),
      this.box,
      this.count,
      h("p", { class: "teach-say" }, this.button),
    );
    this.box.value = saved.text || "";
    this.show();
    this.kind = { state: (answer) => this.state(answer), note: "Câu này được chấm sau khi bạn nộp bài." };
    if (this.turns.length) this.ask(); // where it stood; costs the judge nothing
    const stop = hear("link", (link) => {
      if (!this.box.isConnected) stop();
      else if (link.up && this.turns.length) this.ask();
    });
  }

  get answer() {
    return this.turns.length ? { turns: this.turns, text: this.box.value } : { text: this.box.value };
  }

  // Words of the learner alone: what Bé Chè says counts for nothing.
  many(answer) {
    const said = ((answer && answer.turns) || []).filter((turn) => turn.by === "you").map((turn) => turn.text);
    return words([...said, (answer && answer.text) || ""].join(" "));
  }

  state(answer) {
    const many = this.many(answer);
    if (!many) return "blank";
    return many < (this.api.exercise.min_words || 0) ? "partial" : "done";
  }

  typed() {
    this.showCount();
    this.api.change(this.answer, true);
  }

  async say() {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    const text = this.box.value.trim();
    if (text) {
      this.turns = [...this.turns, { by: "you", text }];
      this.box.value = "";
      this.api.change(this.answer);
      this.show();
    } else if (!this.unheard) {
      this.status.textContent = "Bạn viết lời giảng trước, rồi bấm Nói với Bé Chè.";
      return;
    }
    await this.ask();
    const at = document.activeElement;
    if (at === document.body || this.api.root.contains(at)) this.box.focus(); // who works elsewhere by now is left there
  }

  // True while the learner's last turn has no answer yet, after a cut for instance.
  get unheard() {
    return this.turns.length > 0 && this.turns.at(-1).by === "you";
  }

  async ask() {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    const { exercise, case: caseName } = this.api;
    const turns = this.turns;
    const isNew = this.unheard;
    this.button.setAttribute("aria-disabled", "true");
    this.status.textContent = isNew ? "Bé Chè đang nghĩ…" : "";
    const reply = await this.api.ask({ type: "pupil", exercise: exercise.id, case: caseName, turns }, PUPIL_SECONDS);
    this.button.removeAttribute("aria-disabled");
    if (turns !== this.turns || !this.box.isConnected) return; // more was said, or another setting opened
    if (!reply.ok) {
      this.status.textContent = isNew ? notHeard(reply) : "";
      if (!isNew && !reply.lost) this.lookAgain(LOOK_SOON);
      return;
    }
    if (isNew) {
      this.turns = [...this.turns, { by: "pupil", text: reply.reply }];
      this.api.change(this.answer);
      this.show();
    }
    this.stands(reply);
  }

  // Show how the conversation stands: turns left, and the pupil's quiz.
  stands(reply) {
    this.left = reply.left;
    const isOver = reply.left <= 0;
    this.box.readOnly = isOver;
    this.button.hidden = isOver;
    const left = isOver ? "Đã đủ lượt nói. Bạn nộp bài được rồi." : `Bạn còn ${reply.left} lượt nói.`;
    const ready = reply.done && !isOver ? "Bé Chè không còn câu hỏi nào; bạn nộp bài được rồi, hoặc giảng thêm." : "";
    this.status.textContent = [ready || left, reply.understood === null && !reply.pending ? SCRIPTED : ""].join(" ").trim();
    this.quiz.replaceChildren(...(reply.quiz ? this.result(reply.quiz) : []));
    if (reply.pending) this.lookAgain(LOOK_AGAIN);
  }

  lookAgain(seconds) {
    if (this.looks >= MOST_LOOKS) return;
    this.looks += 1;
    setTimeout(() => this.box.isConnected && !this.unheard && this.ask(), seconds * 1000);
  }

  result(quiz) {
    const { h } = this.api;
    const list = (title, texts) => (texts.length ? [h("p", {}, title), h("ul", {}, ...texts.map((text) => h("li", {}, text)))] : []);
    return [
      h("p", {}, h("strong", {}, `Bé Chè làm bài kiểm tra: đúng ${quiz.right}/${quiz.total} câu.`)),
      ...list("Bé Chè đã hiểu:", quiz.learned),
      ...list("Điều Bé Chè vẫn hiểu sai:", quiz.held),
    ];
  }

  show() {
    const { h } = this.api;
    const line = (turn) =>
      h("p", { class: `teach-turn teach-${turn.by}` }, h("span", { class: "teach-who" }, `${NAMES[turn.by]}: `), turn.text);
    const all = [{ by: "pupil", text: BEGIN }, ...this.turns];
    // Only what is new is put in, so that a screen reader reads no more than that.
    for (const turn of all.slice(this.log.children.length)) this.log.append(line(turn));
    this.showCount();
  }

  showCount() {
    const { min_words: least, max_words: most } = this.api.exercise;
    this.count.textContent = countWords(this.many(this.answer), least, most);
  }
}

function notHeard(reply) {
  return reply.lost ? CUT : `${reply.message} ${NOT_HEARD}: bấm “Nói với Bé Chè” để gửi lại.`;
}
