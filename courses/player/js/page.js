// The lesson page around the cards: progress, setting, link and save state. Starts everything.

const DOTS = { done: "●", partial: "◐", blank: "○" };
const GRACE = 1500; // ms before a cut is mentioned: most last less
const RESTING = "Bài đang tạm nghỉ, mọi thứ vẫn còn nguyên. Bạn chạm vào trang là học tiếp.";

class Page {
  constructor(page) {
    this.page = page;
    this.states = new Map();
    this.saves = new Map();
    this.progress = document.getElementById("bdh-progress");
    this.count = document.getElementById("bdh-count");
    this.saveLine = document.getElementById("bdh-save");
    this.linkLine = document.getElementById("bdh-link");
    hear("answer", (answer) => this.answered(answer));
    hear("save", (save) => this.saved(save));
    hear("link", (link) => this.linked(link));
    this.clock = new Clock(page);
    this.showProgress();
    this.showCases();
  }

  answered(answer) {
    this.states.set(answer.number, answer.state);
    this.showProgress();
  }

  showProgress() {
    const total = this.page.exercises;
    if (!total || !this.progress) return;
    const all = Array.from({ length: total }, (_, index) => this.states.get(index + 1) || "blank");
    const done = all.filter((state) => state === "done").length;
    const words = `Đã làm ${done}/${total} câu`;
    this.progress.hidden = false;
    const dots = all.map((state) => h("span", { class: `dot dot-${state}` }, DOTS[state]));
    this.progress.replaceChildren(h("span", { "aria-hidden": "true", class: "dots" }, ...dots), h("span", {}, words));
    this.count.textContent = `${done}/${total} câu`;
    this.clock.left(total - done);
  }

  saved(save) {
    this.saves.set(save.id, save);
    const all = [...this.saves.values()];
    const worst = ["failed", "conflict", "saving"].find((kind) => all.some((entry) => entry.kind === kind));
    const times = all.map((entry) => entry.at).filter(Boolean);
    const last = times.length ? new Date(Math.max(...times)) : null;
    this.saveLine.textContent = saveWords(worst || (last ? "saved" : "new"), last) || "Bài tự lưu khi bạn làm";
  }

  get unsaved() {
    return [...this.saves.values()].some((entry) => ["failed", "conflict", "saving"].includes(entry.kind));
  }

  linked(link) {
    clearTimeout(this.grace);
    if (link.up) this.linkLine.replaceChildren();
    else if (link.reload) this.offerReload();
    else if (link.resting) this.linkLine.textContent = RESTING;
    else this.grace = setTimeout(() => this.mentionCut(), GRACE);
  }

  mentionCut() {
    this.linkLine.textContent = "Đang nối lại… Bài của bạn vẫn còn trên máy này, bạn cứ làm tiếp.";
  }

  offerReload() {
    const again = h("button", { type: "button", class: "btn", onclick: () => location.reload() }, "Mở lại bài");
    this.linkLine.replaceChildren("Phiên học đã nghỉ. Bài của bạn vẫn còn. ", again);
  }

  showCases() {
    const bar = document.getElementById("bdh-cases");
    if (!bar) return;
    const id = uid("page-case");
    const select = h("select", { id, onchange: () => tell("case", { case: select.value }) });
    for (const [key, name] of Object.entries(CASE_NAMES)) select.append(h("option", { value: key }, name));
    select.value = this.page.case;
    bar.replaceChildren(h("label", { for: id }, "Ví dụ và bài tập dành cho"), select);
    bar.hidden = false;
    hear("case", (wish) => {
      select.value = wish.case;
      document.documentElement.dataset.case = wish.case;
    });
  }
}

function missingCards() {
  for (const waiting of document.querySelectorAll(".card-slot > .waiting")) {
    const again = h("button", { type: "button", class: "btn", onclick: () => location.reload() }, "Mở lại bài");
    const words = "Bài tập này chưa mở được. Bài bạn đã làm vẫn còn. ";
    waiting.replaceWith(h("div", { class: "banner banner-warn" }, h("p", {}, words), again));
  }
}

// The page comes in pieces, and this code may run between any two of them: the last element may still grow.
function isWhole(node) {
  return Boolean(node && node.nextSibling);
}

function startPage() {
  const data = document.getElementById("bdhai-page");
  if (!data) return;
  const page = JSON.parse(data.textContent);
  let isRead = false;
  let shown = null;
  let manager = null;
  window.bdhaiScan = () => {
    if (!isWhole(document.querySelector("footer"))) return;
    if (!isRead) {
      isRead = true;
      startTerms();
      startReading(page);
      startAloud();
    }
    const kernel = document.getElementById("bdhai-kernel");
    if (!isWhole(kernel)) return;
    if (!manager) {
      shown = new Page(page);
      const link = new Link(page, JSON.parse(kernel.textContent));
      manager = new Manager(link);
      link.cards = () => manager.cards;
      link.busy = () => shown.unsaved;
      link.open();
    }
    manager.scan(document);
    if (window.bdhaiWhole) setTimeout(missingCards);
  };
  window.bdhaiScan();
  addEventListener("DOMContentLoaded", () => window.bdhaiScan());
}

startPage();
