// The last card: what is answered, the button that hands the lesson in, the receipt.

const SUBMIT_SECONDS = 30;
const STATE_WORDS = { done: ["✓", "đã làm"], partial: ["◐", "làm dở"], blank: ["○", "chưa làm"] };
const MARK_WORDS = {
  right: "đúng",
  partly: "đúng một phần",
  wrong: "chưa đúng",
  blank: "để trống",
  waiting: "chờ chấm",
};

function renderSubmit(model, el) {
  const view = new SubmitView(model, el);
  return () => view.close();
}

class SubmitView {
  constructor(model, el) {
    this.card = model.get("card");
    this.line = requests(model);
    const state = model.get("state");
    this.states = new Map(this.card.exercises.map((id) => [id, state.answered.includes(id) ? "done" : "blank"]));
    this.build(el);
    this.stops = [hear("answer", (answer) => isFor(answer, this.card) && this.answered(answer))];
    this.showList();
    if (state.receipt) this.showReceipt(state.receipt);
    tell("roll-call");
  }

  build(el) {
    const title = uid("submit");
    this.list = h("ul", { class: "bdh-list" });
    this.button = h("button", { type: "button", class: "btn btn-main", onclick: () => this.wish() }, "Nộp bài");
    this.question = h("div", { class: "bdh-question" });
    this.result = h("div", { class: "bdh-result", role: "status", "aria-live": "polite" });
    const heading = h("h2", { id: title }, "Nộp bài");
    const root = h("section", { class: "card card-main bdh-card", "aria-labelledby": title }, heading, this.list);
    root.append(this.question, this.button, this.result);
    if (document.body.classList.contains("bdhai-page")) root.id = "nop-bai";
    el.append(root);
  }

  answered(answer) {
    if (!this.states.has(answer.id)) return;
    this.states.set(answer.id, answer.state);
    this.showList();
  }

  showList() {
    const rows = this.card.exercises.map((id, index) => {
      const [sign, words] = STATE_WORDS[this.states.get(id)];
      const mark = h("span", { "aria-hidden": "true", class: "bdh-sign" }, `${sign} `);
      return h("li", {}, mark, `Câu ${index + 1}: ${words}`);
    });
    this.list.replaceChildren(...rows);
  }

  get open() {
    return [...this.states.values()].filter((state) => state !== "done").length;
  }

  wish() {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    if (!this.open) {
      this.submit();
      return;
    }
    const close = () => this.question.replaceChildren();
    const yes = h("button", { type: "button", class: "btn", onclick: () => (close(), this.submit()) }, "Vẫn nộp");
    const no = h("button", { type: "button", class: "btn", onclick: () => (close(), this.button.focus()) }, "Làm tiếp");
    const text = `Còn ${this.open} câu chưa làm xong. Bạn vẫn có thể nộp bây giờ, rồi làm tiếp và nộp lại sau.`;
    this.question.replaceChildren(h("p", { role: "status" }, text), h("div", { class: "btn-row" }, no, yes));
    no.focus();
  }

  async submit() {
    this.button.setAttribute("aria-disabled", "true");
    this.result.replaceChildren(h("p", { class: "soft" }, "Đang nộp bài…"));
    const promises = [];
    tell("flush", { lesson: this.card.lesson, promises });
    const saved = await Promise.all(promises);
    const reply = saved.every(Boolean)
      ? await this.line.ask({ type: "submit" }, SUBMIT_SECONDS)
      : { ok: false, message: UNSAVED };
    this.button.removeAttribute("aria-disabled");
    if (reply.ok) this.showReceipt(reply);
    else this.result.replaceChildren(h("p", { class: "banner banner-warn" }, reply.message));
  }

  showReceipt(receipt) {
    const at = new Date(receipt.submitted_at);
    const all = receipt.marks || [];
    const rest = all.some((mark) => mark.status === "waiting") ? ", chưa kể câu chờ chấm" : "";
    const score = `Điểm tạm tính: ${number(receipt.score)}/${number(receipt.max_score)}${rest}`;
    const marks = all.map((mark) => h("li", {}, this.markWords(mark)));
    this.result.replaceChildren(
      h("h3", {}, h("span", { "aria-hidden": "true" }, "✓ "), "Đã nhận bài của bạn"),
      h("p", {}, `Nộp lúc ${clock(at)} ngày ${dayOf(at)}.`),
      h("p", {}, "Mã biên nhận: ", h("strong", { class: "bdh-code" }, receipt.receipt)),
      h("p", {}, score),
      h("ul", { class: "bdh-list" }, ...marks),
      h("p", { class: "soft small" }, "Câu viết được chấm sau, trong ngày. Bạn sửa bài và nộp lại lúc nào cũng được."),
      h("a", { class: "btn btn-main", href: receipt.url }, "Xem kết quả"),
    );
    this.button.textContent = "Nộp lại";
    this.button.classList.remove("btn-main");
  }

  markWords(mark) {
    const place = this.card.exercises.indexOf(mark.exercise) + 1;
    const words = MARK_WORDS[mark.status] || MARK_WORDS.waiting;
    const points = mark.score == null ? "" : ` – ${number(mark.score)}/${number(mark.max_score)} điểm`;
    return `Câu ${place}: ${words}${points}`;
  }

  close() {
    this.line.close();
    this.stops.forEach((stop) => stop());
  }
}

const UNSAVED =
  "Có câu chưa lưu được nên chưa nộp. Bài của bạn vẫn còn trên máy này. Bạn chờ trang báo “Đã lưu” rồi bấm Nộp bài.";
