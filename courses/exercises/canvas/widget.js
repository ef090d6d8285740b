// A method's fields where the method draws them; below each other, in reading order, on a narrow screen.
export function mount(api) {
  const { h, exercise } = api;
  const texts = { ...((api.answer && api.answer.fields) || {}) };
  const listId = api.uid("criteria");
  const count = h("p", { class: "bdh-count soft small", role: "status" });
  const boxes = exercise.fields.map((place, index) => field(api, place, index, texts, () => changed()));
  const show = () => {
    const many = exercise.fields.filter((place) => isFilled(place, texts[place.id])).length;
    count.textContent = `Đã viết ${many}/${exercise.fields.length} ô`;
  };
  const changed = () => {
    show();
    api.change({ fields: { ...texts } }, true);
  };
  const criteria = exercise.criteria.map((criterion) => h("li", {}, criterion.text));
  api.root.append(h("p", { class: "bdh-label" }, "Bài được chấm theo:"), h("ul", { id: listId, class: "bdh-criteria" }, ...criteria));
  const name = exercise.method ? `Khung ${exercise.method}` : "Khung bài làm";
  const canvas = h("div", { class: `canvas canvas-${exercise.drawn}`, role: "group", "aria-label": name, "aria-describedby": listId }, ...boxes);
  canvas.style.setProperty("--areas", exercise.areas.map((row) => `"${row}"`).join(" "));
  canvas.dataset.columns = exercise.areas[0].split(" ").length;
  api.root.append(h("div", { class: "canvas-frame" }, canvas), count);
  show();
  return {
    state: (answer) => canvasState(answer, exercise.fields),
    note: "Nội dung được chấm sau khi bạn nộp bài. “Kiểm tra” xem giúp bạn ô nào còn trống, còn ngắn hay chép lại.",
    checkable: true,
    words: { waiting: ["✎", "Máy đã xem các ô."] },
  };
}

function field(api, place, index, texts, changed) {
  const { h } = api;
  const id = api.uid("canvas");
  const box = h("textarea", {
    id,
    rows: 3,
    maxlength: 2000,
    "aria-describedby": place.ask ? `${id}-ask` : null,
    oninput: () => {
      if (box.value.trim()) texts[place.id] = box.value;
      else delete texts[place.id];
      changed();
    },
  });
  box.value = texts[place.id] || "";
  const label = h("label", { for: id }, place.min_words ? place.label : `${place.label} (không bắt buộc)`);
  const ask = place.ask ? h("p", { class: "soft small canvas-ask", id: `${id}-ask` }, place.ask) : null;
  const item = h("div", { class: "canvas-field" }, label, ask, box);
  item.style.setProperty("--area", place.id);
  item.dataset.number = index + 1;
  return item;
}

function isFilled(place, text) {
  const many = (text || "").trim().split(/\s+/u).filter(Boolean).length;
  return many >= Math.max(1, place.min_words);
}

function canvasState(answer, places) {
  const texts = (answer && answer.fields) || {};
  if (!Object.keys(texts).length) return "blank";
  return places.every((place) => !place.min_words || isFilled(place, texts[place.id])) ? "done" : "partial";
}
