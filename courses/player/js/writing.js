// The part that written kinds share: criteria in sight, a text box, a word count.

const MAX_TEXT = 8000; // characters, as the portal allows

function words(text) {
  return text.trim() ? text.trim().split(/\s+/u).length : 0;
}

function writing(api, label) {
  const { exercise } = api;
  const countId = uid("count");
  const listId = uid("criteria");
  const count = h("p", { class: "bdh-count soft small", id: countId });
  const box = h("textarea", {
    rows: 6,
    maxlength: MAX_TEXT,
    "aria-label": label,
    "aria-describedby": `${api.statementId} ${listId} ${countId}`,
    oninput: () => {
      show();
      api.change({ ...part.answer(), text: box.value }, true);
    },
  });
  const show = () => {
    count.textContent = countWords(words(box.value), exercise.min_words, exercise.max_words);
  };
  const items = exercise.criteria.map((criterion) => h("li", {}, criterion.text));
  const criteria = h("ul", { id: listId, class: "bdh-criteria" }, ...items);
  api.root.append(h("p", { class: "bdh-label" }, "Bài được chấm theo:"), criteria);
  api.root.append(h("p", { class: "bdh-label", "aria-hidden": "true" }, label), box, count);
  box.value = (api.answer && api.answer.text) || "";
  show();
  const part = { box, answer: () => ({}), state: (answer) => writtenState(answer, exercise) };
  return part;
}

function countWords(many, least, most) {
  if (least && many < least) return `${many} chữ · cần ít nhất ${least} chữ`;
  if (most && many > most) return `${many} chữ · nhiều nhất ${most} chữ, bạn rút ngắn lại nhé`;
  return `${many} chữ`;
}

function writtenState(answer, exercise) {
  const many = words((answer && answer.text) || "");
  if (!many) return "blank";
  return many < (exercise.min_words || 0) ? "partial" : "done";
}
