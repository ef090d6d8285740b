// A text with blanks: each blank is a numbered text box inside the line.
const KINDS_OF_BLANK = {
  text: { words: "", mode: "text", example: "" },
  number: { words: ", điền số", mode: "decimal", example: "số" },
  date: { words: ", điền ngày", mode: "text", example: "ngày/tháng/năm" },
};

export function mount(api) {
  const { h, exercise } = api;
  const filled = { ...((api.answer && api.answer.filled) || {}) };
  const blanks = exercise.segments.filter((part) => part.id);
  const count = h("p", { class: "soft small" });
  const show = () => {
    count.textContent = `Đã điền ${Object.keys(filled).length}/${blanks.length} chỗ trống`;
  };
  const write = (id, text) => {
    if (text.trim()) filled[id] = text;
    else delete filled[id];
    show();
    api.change({ filled: { ...filled } }, true);
  };
  const box = (part) => {
    const number = blanks.indexOf(part) + 1;
    const kind = KINDS_OF_BLANK[part.type] || KINDS_OF_BLANK.text;
    const input = h("input", {
      type: "text",
      class: `fill-box fill-box-${part.type}`,
      inputmode: kind.mode,
      placeholder: kind.example,
      maxlength: 200,
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      "aria-label": `Chỗ trống ${number}${kind.words}`,
      oninput: () => write(part.id, input.value),
    });
    input.value = filled[part.id] || "";
    return h("span", { class: "fill-blank" }, h("span", { class: "fill-number", "aria-hidden": "true" }, `(${number})`), input);
  };
  const text = h("div", { class: "fill-paragraphs", role: "group", "aria-describedby": api.statementId });
  for (const paragraph of paragraphs(exercise.segments)) {
    text.append(h("p", {}, ...paragraph.map((part) => (part.id ? box(part) : part.text))));
  }
  api.root.append(text, count);
  show();
  return { state: (answer) => fillState(answer, blanks.length) };
}

function fillState(answer, total) {
  const many = answer && answer.filled ? Object.keys(answer.filled).length : 0;
  if (!many) return "blank";
  return many < total ? "partial" : "done";
}

// An empty line starts a new paragraph.
function paragraphs(segments) {
  const all = [[]];
  for (const part of segments) {
    const pieces = part.id ? [part] : part.text.split(/\n\s*\n/u).map((text) => ({ text }));
    pieces.forEach((piece, index) => {
      if (index) all.push([]);
      all[all.length - 1].push(piece);
    });
  }
  return all.filter((paragraph) => paragraph.some((part) => part.id || part.text.trim()));
}
