// Hand in a piece of work: write it here or send a file. Rules check its form at once, people or an AI what it says.
const ENDINGS = {
  docx: ".docx",
  xlsx: ".xlsx",
  pptx: ".pptx",
  pdf: ".pdf,application/pdf",
  csv: ".csv,text/csv",
  image: "image/jpeg,image/png,image/webp,image/gif",
  audio: "audio/*",
  video: "video/mp4,video/webm,video/quicktime",
};
const NAMES = {
  docx: "Word (.docx)",
  xlsx: "Excel (.xlsx)",
  pptx: "PowerPoint (.pptx)",
  pdf: "PDF",
  csv: "bảng CSV",
  image: "ảnh",
  audio: "ghi âm",
  video: "video",
};
const MEDIA = ["image", "audio", "video"];
const WORDS = {
  right: ["✓", "Đạt mọi điều máy kiểm được."],
  partly: ["◐", "Đạt một phần."],
  wrong: ["✎", "Chưa đạt."],
};

export function mount(api) {
  const { h, exercise } = api;
  const files = exercise.accept.filter((kind) => kind !== "text");
  const writes = exercise.accept.includes("text");
  let kept = (api.answer && api.answer.file) || null;
  let box = null;

  if (exercise.checks.length) {
    const items = exercise.checks.map((text) => h("li", {}, text));
    api.root.append(h("p", { class: "bdh-label" }, "Máy kiểm ngay khi bạn bấm Kiểm tra:"), h("ul", { class: "bdh-criteria" }, ...items));
  }
  if (writes || files.some((kind) => MEDIA.includes(kind))) {
    const part = api.writing(api, writes ? "Bài viết của bạn" : "Vài lời về bài của bạn (không bắt buộc)");
    part.answer = () => (kept ? { file: kept } : {});
    box = part.box;
  } else if (exercise.criteria.length) {
    const items = exercise.criteria.map((criterion) => h("li", {}, criterion.text));
    api.root.append(h("p", { class: "bdh-label" }, "Bài được chấm theo:"), h("ul", { class: "bdh-criteria" }, ...items));
  }

  const keep = (file) => {
    kept = file;
    const text = box && box.value ? { text: box.value } : {};
    api.change(kept ? { ...text, file: kept } : text);
  };
  const part = files.length ? new FilePart(api, files, writes, kept, keep) : null;
  if (part) api.root.append(part.root);
  return {
    state: (answer) => (part && part.sending.isBusy ? "partial" : workState(answer, exercise, writes)),
    note: exercise.criteria.length ? "Nội dung được chấm sau khi bạn nộp bài." : "",
    checkable: exercise.checks.length > 0,
    words: WORDS,
  };
}

function workState(answer, exercise, writes) {
  if (answer && answer.file) return "done";
  const many = writes && answer && answer.text ? answer.text.trim().split(/\s+/u).filter(Boolean).length : 0;
  if (!many) return "blank";
  return many < (exercise.min_words || 0) ? "partial" : "done";
}

// Choose, watch it go, put another in its place, take it out. What was there stays until another file has come.
class FilePart {
  constructor(api, files, writes, known, keep) {
    const { h, uid } = api;
    Object.assign(this, { api, files, known, keep });
    this.names = files.map((kind) => NAMES[kind]).join(", ");
    const noteId = uid("file");
    const accept = files.map((kind) => ENDINGS[kind]).join(",");
    this.input = h("input", { type: "file", accept, hidden: true, tabindex: "-1", onchange: () => this.chosen() });
    this.held = h("div", { role: "status" });
    this.choose = h("button", {
      type: "button",
      class: "btn",
      "aria-describedby": `${api.statementId} ${noteId}`,
      onclick: () => this.input.click(),
    });
    this.remove = h("button", { type: "button", class: "btn btn-quiet", onclick: () => this.take() }, "Bỏ tệp này");
    this.sending = api.sending({
      given: (file) => this.given(file),
      busy: () => (this.show(), api.tell()),
      back: () => this.choose.focus(),
    });
    const note = h("p", { class: "soft small", id: noteId }, `${writes ? "Hoặc gửi tệp: " : "Nhận: "}${this.names}.`);
    const buttons = h("div", { class: "btn-row" }, this.choose, this.remove);
    this.root = h("div", { class: "product-file" }, note, this.held, this.sending.root, buttons, this.input);
    this.show();
  }

  chosen() {
    const [file] = this.input.files;
    if (file) this.sending.send(file);
    this.input.value = "";
  }

  given(file) {
    if (!this.files.includes(file.type)) return `Bài này nhận: ${this.names}. Tệp bạn gửi là loại khác, bạn chọn lại giúp nhé.`;
    this.known = { id: file.id, name: file.name, type: file.type, size: file.size };
    this.keep(this.known);
    return "";
  }

  take() {
    this.known = null;
    this.keep(null);
    this.sending.say("");
    this.show();
    this.choose.focus();
  }

  show() {
    const { known, sending } = this;
    this.choose.textContent = known ? "Chọn tệp khác" : "Chọn tệp";
    this.choose.disabled = sending.isBusy;
    this.remove.hidden = !known || sending.isBusy;
    if (known === this.shown) return; // what did not change is not read out again
    this.shown = known;
    this.held.replaceChildren(...(known ? [nameLine(this.api.h, known)] : []));
  }
}

function nameLine(h, file) {
  const sign = h("span", { "aria-hidden": "true" }, "✓ ");
  const more = ` · ${NAMES[file.type]} · ${sizeWords(file.size)}`;
  return h("p", { class: "product-name" }, sign, "Đã nhận: ", h("strong", {}, file.name), more);
}

function sizeWords(size) {
  if (size < 1024 * 1024) return `${Math.max(1, Math.round(size / 1024))}\u00a0KB`;
  return `${(size / 1024 / 1024).toFixed(1).replace(".", ",")}\u00a0MB`;
}
