// Labelled numbers. What cannot be read as a number is told at once and kindly; marking is the server's.
const EXAMPLE = "Ô này chưa đọc được thành số. Bạn viết số, ví dụ 1.250,5.";

export function mount(api) {
  const { h, exercise } = api;
  const values = { ...((api.answer && api.answer.values) || {}) };
  const rows = exercise.numbers.map((one) => {
    const id = api.uid("number");
    const note = h("p", { class: "small number-note", id: `${id}-note`, role: "status" });
    const input = h("input", {
      id,
      type: "text",
      inputmode: one.units.length || one.signed ? "text" : "decimal",
      autocomplete: "off",
      maxlength: 80,
      "aria-describedby": `${one.unit && !one.units.length ? `${id}-unit ` : ""}${id}-note ${api.statementId}`,
      oninput: () => {
        if (input.value.trim()) values[one.id] = input.value;
        else delete values[one.id];
        if (isNumber(input.value)) note.textContent = howTo(one);
        api.change({ values: { ...values } }, true);
      },
      onblur: () => {
        note.textContent = isNumber(input.value) ? howTo(one) : EXAMPLE;
      },
    });
    input.value = values[one.id] || "";
    note.textContent = howTo(one);
    const unit = one.unit && !one.units.length ? h("span", { class: "number-unit", id: `${id}-unit` }, one.unit) : null;
    const label = h("label", { for: id }, one.label);
    return h("div", { class: "field number-field" }, label, h("div", { class: "number-row" }, input, unit), note);
  });
  api.root.append(...rows);
  return { state: (answer) => numbersState(answer, exercise.numbers.length) };
}

function howTo(one) {
  return one.units.length ? `Viết số kèm đơn vị (${one.units.join(", ")}).` : "";
}

// The same signs that the server reads; the rule of dots and commas is courses/exercises/numerals.py.
function isNumber(text) {
  const given = text.trim().replace(/[−–]/gu, "-").replace(/\s*[\p{L}%‰²³°₫$/].*$/u, "");
  const plain = /^[+-]?\s*(\d+|\d*[.,]\d+|\d{1,3}([., \u00a0\u2009\u202f]\d{3})([., \u00a0\u2009\u202f]\d{3})*([.,]\d+)?)$/u;
  return !text.trim() || plain.test(given);
}

function numbersState(answer, total) {
  const many = answer && answer.values ? Object.keys(answer.values).length : 0;
  if (!many) return "blank";
  return many < total ? "partial" : "done";
}
