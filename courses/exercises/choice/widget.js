// One option (radio) or several (checkbox); native controls, so that keys and screen readers just work.
export function mount(api) {
  const { h, exercise } = api;
  const name = api.uid("choice");
  const chosen = new Set((api.answer && api.answer.chosen) || []);
  const inputs = exercise.options.map((option) => {
    const type = exercise.many ? "checkbox" : "radio";
    const input = h("input", { type, name, value: option.id, onchange: () => changed() });
    input.checked = chosen.has(option.id);
    return input;
  });
  const changed = () => api.change({ chosen: inputs.filter((input) => input.checked).map((input) => input.value) });
  const legend = exercise.many ? "Chọn tất cả các ý đúng" : "Chọn một câu trả lời";
  const inPictures = exercise.options.some((option) => option.image);
  const face = (option) => {
    const words = option.text ? h("span", {}, option.text) : null;
    return option.image ? h("span", { class: "choice-face" }, api.picture(option.image, option.alt), words) : words;
  };
  const rows = exercise.options.map((option, index) => h("label", { class: "pick" }, inputs[index], face(option)));
  const options = h("div", { class: inPictures ? "choice-grid" : "" }, ...rows);
  api.root.append(h("fieldset", { "aria-describedby": api.statementId }, h("legend", {}, legend), options));
  return { state: (answer) => (answer && answer.chosen && answer.chosen.length ? "done" : "blank") };
}
