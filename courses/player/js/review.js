// The review cards at the start: what was learned before comes back. Always skippable, never counted down.

const CARDS_SECONDS = 15;

function renderReview(model, el) {
  const view = new ReviewView(model, el);
  return () => view.close();
}

class ReviewView {
  constructor(model, el) {
    this.line = requests(model);
    this.title = uid("review");
    this.root = h("section", { class: "bdh-card bdh-review", "aria-labelledby": this.title });
    el.append(this.root);
    this.say("Đang xem hôm nay có thẻ nào cần ôn…");
    this.stops = [hear("link", (link) => link.up && this.due === undefined && this.load())];
    this.load();
  }

  // One line under the heading; the rest of the page must not jump while somebody reads it.
  say(words, ...more) {
    this.root.classList.remove("card");
    this.root.replaceChildren(this.heading(), h("p", { class: "soft", role: "status" }, words), ...more);
  }

  heading() {
    return h("h2", { id: this.title }, "Ôn 3 phút");
  }

  async load() {
    const reply = await this.line.ask({ type: "cards" }, CARDS_SECONDS);
    if (this.due !== undefined || reply.lost) return; // the link comes back and asks again
    if (!reply.ok) {
      this.say("Chưa xem được thẻ ôn lúc này. Bạn cứ học bài, lúc khác ôn sau.");
      return;
    }
    this.due = reply.cards || [];
    this.offer(reply);
  }

  offer(reply) {
    if (!reply.learned) {
      this.say("Đây là bài đầu tiên của bạn. Nộp bài xong, từ hôm sau ba thẻ nhớ của bài sẽ đợi bạn ở đây.");
    } else if (!this.due.length) {
      this.say("Hôm nay không có thẻ nào đến hạn. Bạn vào bài luôn nhé.");
    } else {
      const start = h("button", { type: "button", class: "btn", onclick: () => this.ask() }, "Ôn ngay");
      const later = h("button", { type: "button", class: "btn btn-quiet", onclick: () => this.skip() }, "Để sau");
      const words = `${this.due.length} thẻ của các bài trước đến hạn hôm nay.`;
      this.say(words, h("div", { class: "btn-row" }, start, later));
    }
  }

  skip() {
    const again = h("button", { type: "button", class: "btn btn-quiet", onclick: () => this.ask() }, "Ôn bây giờ");
    this.say(`Còn ${this.due.length} thẻ, bạn ôn lúc nào cũng được.`, again);
    again.focus();
  }

  // The question side. Focus goes to it, so that a keyboard or a screen reader is where the learner is.
  ask() {
    const [card] = this.due;
    const question = h("p", { class: "bdh-question-side", tabindex: "-1" }, card.q);
    const flip = h("button", { type: "button", class: "btn", onclick: () => this.flip(card) }, "Xem đáp án");
    const later = h("button", { type: "button", class: "btn btn-quiet", onclick: () => this.skip() }, "Để sau");
    this.root.classList.add("card");
    this.root.replaceChildren(
      this.heading(),
      h("p", { class: "soft small" }, `Còn ${this.due.length} thẻ · ${card.title}`),
      question,
      h("p", { class: "soft small" }, "Bạn thử nhớ trong đầu, rồi mới xem đáp án."),
      h("div", { class: "btn-row" }, flip, later),
    );
    question.focus();
  }

  flip(card) {
    const answer = h("p", { class: "bdh-answer-side", tabindex: "-1" }, card.a);
    const grade = (name, words) =>
      h("button", { type: "button", class: "btn", onclick: () => this.grade(card, name) }, words);
    this.buttons = h("div", { class: "btn-row" }, grade("again", "Chưa nhớ"), grade("good", "Nhớ"));
    this.result = h("div", { role: "status" });
    this.root.querySelector(".btn-row").replaceWith(answer, this.buttons, this.result);
    answer.focus();
  }

  async grade(card, name) {
    if (this.busy) return;
    this.busy = true;
    const request = { type: "card", lesson: card.lesson, card: card.card, grade: name };
    const reply = await this.line.ask(request, CARDS_SECONDS);
    this.busy = false;
    if (!reply.ok) {
      this.result.replaceChildren(h("p", { class: "banner banner-warn" }, reply.message));
      return;
    }
    this.due.shift();
    if (this.due.length) this.ask();
    else this.finish();
  }

  finish() {
    this.say("Bạn đã ôn xong các thẻ hôm nay. Thẻ nào chưa nhớ, mai gặp lại.");
    const heading = this.root.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus();
  }

  close() {
    this.line.close();
    this.stops.forEach((stop) => stop());
  }
}
