// A text with passages that can be marked as wrong: buttons inside the text, pressed = marked.
export function mount(api) {
  const { h, exercise } = api;
  const marked = new Set((api.answer && api.answer.marked) || []);
  const count = h("p", { class: "soft small", role: "status" });
  const show = () => {
    count.textContent = marked.size ? `Đã đánh dấu ${marked.size} chỗ` : "Chưa đánh dấu chỗ nào";
  };
  const toggle = (node, id) => {
    if (!marked.delete(id)) marked.add(id);
    node.setAttribute("aria-pressed", String(marked.has(id)));
    show();
    api.change({ marked: exercise.segments.filter((part) => marked.has(part.id)).map((part) => part.id) });
  };
  // A real button cannot wrap inside a line of text, so this is a span that acts like one.
  const passage = (part) => {
    const pressed = String(marked.has(part.id));
    const node = h("span", { role: "button", tabindex: "0", class: "spot-passage", "aria-pressed": pressed });
    node.textContent = part.text.trim();
    node.addEventListener("click", () => toggle(node, part.id));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggle(node, part.id);
    });
    return node;
  };
  const text = h("div", { class: "spot-text", role: "group", "aria-describedby": api.statementId });
  for (const paragraph of paragraphs(exercise.segments)) {
    text.append(h("p", {}, ...paragraph.map((part) => (part.id ? passage(part) : part.text))));
  }
  const how = "Chạm vào chỗ bạn cho là sai, mỗi lỗi một chạm. Chạm lần nữa để bỏ dấu.";
  api.root.append(h("p", { class: "bdh-how" }, how), text, count);
  show();
  return { state: (answer) => (answer && answer.marked && answer.marked.length ? "done" : "blank") };
}

// An empty line in the plain parts starts a new paragraph.
function paragraphs(segments) {
  const all = [[]];
  for (const part of segments) {
    const pieces = part.id ? [part] : part.text.split(/\n\s*\n/u).map((text) => ({ text }));
    pieces.forEach((piece, index) => {
      if (index) all.push([]);
      all[all.length - 1].push(piece);
    });
  }
  return all.filter((paragraph) => paragraph.some((part) => part.text.trim()));
}
