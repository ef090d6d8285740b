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
    api.root.append(h("p", { class: "bdh-label" }, "Máy kiểm ngay khi bạn bấm Kiểm tra:"), h("ul", {}, ...items));
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
  if (files.length) api.root.append(filePart(api, files, writes, kept, keep));
  return {
    state: (answer) => workState(answer, exercise, writes),
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

// Choose, watch it go, stop it, send it again after a cut, put another in its place, take it out.
function filePart(api, files, writes, first, keep) {
  const { h, uid } = api;
  let known = first;
  const names = files.map((kind) => NAMES[kind]).join(", ");
  const noteId = uid("file");
  const accept = files.map((kind) => ENDINGS[kind]).join(",");
  const input = h("input", { type: "file", accept, hidden: true, tabindex: "-1", onchange: () => chosen() });
  const said = h("div", { class: "product-said", role: "status", "aria-live": "polite" });
  const going = h("div", { class: "product-going" });
  const choose = h("button", {
    type: "button",
    class: "btn",
    "aria-describedby": `${api.statementId} ${noteId}`,
    onclick: () => input.click(),
  });
  const remove = h("button", { type: "button", class: "btn btn-quiet", onclick: () => taken() }, "Bỏ tệp này");
  const note = h("p", { class: "soft small", id: noteId }, `${writes ? "Hoặc gửi tệp: " : "Nhận: "}${names}.`);
  const root = h("div", { class: "product-file" }, note, said, going, h("div", { class: "btn-row" }, choose, remove), input);

  const show = (file) => {
    choose.textContent = file ? "Chọn tệp khác" : "Chọn tệp";
    remove.hidden = !file;
    if (!file) return said.replaceChildren();
    const size = file.size < 1024 * 1024 ? `${Math.max(1, Math.round(file.size / 1024))} KB` : `${(file.size / 1024 / 1024).toFixed(1).replace(".", ",")} MB`;
    const sign = h("span", { "aria-hidden": "true" }, "✓ ");
    return said.replaceChildren(h("p", { class: "product-name" }, sign, "Đã nhận: ", h("strong", {}, file.name), ` · ${NAMES[file.type]} · ${size}`));
  };
  const taken = () => {
    known = null;
    keep(null);
    show(null);
    choose.focus();
  };
  const warn = (message, file) => {
    show(file);
    said.append(h("p", { class: "banner banner-warn" }, message));
  };
  // A photo that was just taken may be nowhere else, so what did not arrive is kept here to be sent again.
  const offer = (file) => {
    const again = h("button", { type: "button", class: "btn", onclick: () => go(file) }, `Gửi lại ${file.name}`);
    going.replaceChildren(h("div", { class: "btn-row" }, again));
    return again;
  };
  const chosen = () => {
    const [file] = input.files;
    input.value = "";
    if (file) go(file);
  };
  const go = async (file) => {
    choose.disabled = true;
    remove.hidden = true;
    const reply = await send(api, file, going, said);
    choose.disabled = false;
    const isHere = root.contains(document.activeElement); // who works elsewhere by now is left there
    going.replaceChildren();
    if (!root.isConnected) return;
    if (!reply.ok) warn(reply.message, known);
    else if (!files.includes(reply.file.type)) warn(`Bài này nhận: ${names}. Tệp bạn gửi là loại khác, bạn chọn lại giúp nhé.`, known);
    else {
      known = { id: reply.file.id, name: reply.file.name, type: reply.file.type, size: reply.file.size };
      keep(known);
      show(known);
    }
    const next = reply.again ? offer(file) : choose;
    if (isHere) next.focus();
  };
  show(known);
  return root;
}

async function send(api, file, going, said) {
  const { h } = api;
  const stop = new AbortController();
  const bar = h("progress", { max: "100", value: "0", "aria-label": "Đang gửi tệp" });
  const words = h("p", { class: "small" }, `Đang gửi ${file.name}…`);
  const button = h("button", { type: "button", class: "btn", onclick: () => stop.abort() }, "Dừng gửi");
  said.replaceChildren(h("p", { class: "soft" }, "Đang gửi tệp. Bạn có thể làm tiếp câu khác."));
  going.replaceChildren(words, bar, button);
  button.focus();
  const progress = (share) => {
    bar.value = Math.round(share * 100);
    words.textContent = share < 1 ? `Đã gửi ${bar.value} %` : "Đã gửi xong, máy đang đọc tệp…";
  };
  return api.upload(file, progress, stop.signal);
}
