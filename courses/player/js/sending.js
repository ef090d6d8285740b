// Sends one file at a time and shows it: how far it is, a button that stops it, why it did not go, another try.

const SLOW_SECONDS = 15;
const SLOW = "Mạng đang yếu, tệp vẫn đang được gửi. Bạn cứ để trang mở, hoặc bấm Dừng gửi.";

// given(file): takes what the server received, returns a sentence when it is of no use. busy(isBusy): it begins or
// ends. back(): gives the focus back to what the learner chose the file with.
class Sending {
  constructor(upload, { given, busy, back }) {
    Object.assign(this, { upload, given, busy, back, isBusy: false });
    this.said = h("div", { class: "sending-said", role: "status" });
    this.going = h("div", { class: "sending-going" });
    this.root = h("div", { class: "sending" }, this.going, this.said);
  }

  async send(file) {
    if (this.isBusy) return;
    const stop = new AbortController();
    const progress = this.begin(file, stop);
    const reply = await this.upload(file, progress, stop.signal);
    clearTimeout(this.slow);
    if (!this.root.isConnected) return;
    const message = reply.ok ? this.given(reply.file) : reply.message;
    const isWatched = this.going.contains(document.activeElement); // elsewhere the learner goes on with something else
    this.turn(false);
    this.say(message, reply.again ? file : null);
    if (!isWatched) return;
    if (this.again) this.again.focus();
    else this.back();
  }

  begin(file, stop) {
    const bar = h("progress", { max: "100", value: "0", "aria-label": "Đang gửi tệp" });
    const words = h("p", { class: "small" }, `Đang gửi ${file.name}…`);
    const button = h("button", { type: "button", class: "btn", onclick: () => stop.abort() }, "Dừng gửi");
    this.turn(true);
    this.going.replaceChildren(words, bar, button);
    this.said.replaceChildren(h("p", { class: "soft small" }, "Đang gửi tệp. Bạn có thể làm tiếp câu khác."));
    button.focus();
    this.waitFor(0);
    return (share) => {
      bar.value = Math.round(share * 100);
      words.textContent = share < 1 ? `${file.name}: đã gửi ${bar.value} %` : "Đã gửi xong, máy đang đọc tệp…";
      this.waitFor(share);
    };
  }

  waitFor(share) {
    clearTimeout(this.slow);
    if (share >= 1) return;
    this.slow = setTimeout(() => this.said.replaceChildren(h("p", { class: "small" }, SLOW)), SLOW_SECONDS * 1000);
  }

  turn(isBusy) {
    this.isBusy = isBusy;
    this.going.replaceChildren();
    this.busy(isBusy);
  }

  // Why it did not go; a file that may go the next time has a button for that.
  say(message, file = null) {
    this.again = null;
    this.said.replaceChildren(...(message ? [h("p", { class: "banner banner-warn" }, message)] : []));
    if (!file) return;
    this.again = h("button", { type: "button", class: "btn", onclick: () => this.send(file) }, "Gửi lại");
    this.said.append(h("div", { class: "btn-row" }, this.again));
  }
}
