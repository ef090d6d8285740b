// A small grid: arrows, Enter and Tab move through it; pasted or uploaded rows fill it. Checked as data by the server.
const MOVES = { ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function mount(api) {
  const grid = new Grid(api);
  return { state: (answer) => grid.state(answer) };
}

class Grid {
  constructor(api) {
    this.api = api;
    this.columns = api.exercise.columns;
    this.rows = startRows(api);
    this.body = api.h("tbody");
    this.said = api.h("p", { class: "small table-said", role: "status" });
    api.root.append(this.frame(), ...this.tools(), this.said, this.checked());
    this.draw();
  }

  frame() {
    const { h, exercise } = this.api;
    const heads = this.columns.map((column) => h("th", { scope: "col" }, headOf(column)));
    if (exercise.grow) heads.push(h("td", {}, h("span", { class: "visually-hidden" }, "Bỏ dòng")));
    const numbered = h("th", { scope: "col", class: "table-line" }, h("span", { class: "visually-hidden" }, "Dòng"));
    const head = h("thead", {}, h("tr", {}, numbered, ...heads));
    const table = h("table", { class: "table-grid", "aria-describedby": this.api.statementId }, head, this.body);
    const name = "Bảng cần điền; vuốt ngang để xem hết các cột";
    const box = h("div", { class: "table-wrap table-region", role: "group", tabindex: "0", "aria-label": name }, table);
    const how = h("p", { class: "bdh-how", hidden: true, "aria-hidden": "true" }, `Bảng có ${this.columns.length} cột. Vuốt ngang để xem hết.`);
    new ResizeObserver(() => (how.hidden = box.scrollWidth <= box.clientWidth)).observe(box);
    return h("div", {}, how, box);
  }

  tools() {
    const { h, exercise } = this.api;
    if (!exercise.grow) return [];
    this.add = h("button", { type: "button", class: "btn", onclick: () => this.addRow() }, "Thêm dòng");
    this.input = h("input", { type: "file", accept: ".csv,.xlsx", hidden: true, tabindex: "-1", onchange: () => this.chosen() });
    this.choose = h("button", { type: "button", class: "btn", onclick: () => this.input.click() }, "Lấy từ tệp Excel, CSV");
    this.sending = this.api.sending({
      given: (file) => this.given(file),
      busy: (isBusy) => {
        this.choose.disabled = isBusy;
      },
      back: () => this.choose.focus(),
    });
    const buttons = h("div", { class: "btn-row table-tools" }, this.add, this.choose);
    const note = "Bạn có thể chép nhiều ô từ Excel rồi dán vào một ô của bảng.";
    return [buttons, this.input, this.sending.root, h("p", { class: "soft small" }, note)];
  }

  checked() {
    const { h, exercise } = this.api;
    const items = exercise.looked_at.map((name) => h("li", {}, name));
    return h("details", { class: "table-checked" }, h("summary", {}, "Máy sẽ kiểm tra những gì?"), h("ul", {}, ...items));
  }

  draw() {
    this.body.replaceChildren(...this.rows.map((row, index) => this.line(row, index)));
    if (this.add) this.add.disabled = this.rows.length >= this.api.exercise.most_rows;
  }

  line(row, index) {
    const { h, exercise } = this.api;
    const cells = this.columns.map((column, place) => this.cell(row, index, column, place));
    const line = h("tr", {}, h("th", { scope: "row", class: "table-line" }, String(index + 1)), ...cells);
    if (exercise.grow) {
      const label = `Bỏ dòng ${index + 1}`;
      const drop = h("button", { type: "button", class: "btn btn-quiet", "aria-label": label, onclick: () => this.dropRow(index) }, "✕");
      line.append(h("td", {}, drop));
    }
    return line;
  }

  cell(row, index, column, place) {
    const { h } = this.api;
    if (column.fixed) return h("td", { class: "table-given" }, row[place]);
    const props = { "aria-label": `${column.name}, dòng ${index + 1}`, "data-row": index, "data-column": place };
    const control = column.type === "choice" ? choice(h, column, props) : typed(h, column, props);
    control.value = row[place];
    if (control.value !== row[place] && row[place]) control.append(h("option", { value: row[place] }, row[place]));
    control.value = row[place];
    control.addEventListener("input", () => {
      if (control.tagName === "TEXTAREA" && control.value.includes("\n")) control.value = control.value.replace(/\s*\n\s*/gu, " ");
      row[place] = control.value;
      this.changed(true);
    });
    control.addEventListener("keydown", (event) => this.move(event, index, place));
    control.addEventListener("paste", (event) => this.paste(event, index, place));
    return h("td", { class: `table-${column.type}` }, control);
  }

  move(event, index, place) {
    const step = MOVES[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const control = event.target;
    if (control.tagName === "SELECT" && step[1] === 0 && event.key !== "Enter") return;
    if (step[1] && control.tagName !== "SELECT" && !atEdge(control, step[1])) return;
    const next = this.at(index + step[0], place + step[1], step[1]);
    if (next || event.key === "Enter") event.preventDefault(); // a cell is one line
    if (!next) return;
    next.focus();
    if (next.select) next.select();
  }

  // The control of a cell; given cells have none and are stepped over sideways.
  at(row, column, step) {
    if (row < 0 || column < 0 || row >= this.rows.length || column >= this.columns.length) return null;
    const found = this.body.querySelector(`[data-row="${row}"][data-column="${column}"]`);
    return found || (step ? this.at(row, column + step, step) : null);
  }

  paste(event, index, place) {
    const text = (event.clipboardData && event.clipboardData.getData("text/plain")) || "";
    const rows = cut(text);
    if (rows.length < 2 && rows[0].length < 2) return;
    event.preventDefault();
    this.put(rows, index, place);
    this.at(index, place, 0).focus();
  }

  // Write rows from a cell on; what does not fit into the table is told.
  put(rows, index, place) {
    const { grow, most_rows: most } = this.api.exercise;
    const room = grow ? most : this.rows.length;
    rows.slice(0, room - index).forEach((cells, down) => {
      if (!this.rows[index + down]) this.rows.push(this.columns.map(() => ""));
      cells.slice(0, this.columns.length - place).forEach((text, right) => {
        if (!this.columns[place + right].fixed) this.rows[index + down][place + right] = text.trim().slice(0, 300);
      });
    });
    const left = rows.length - (room - index);
    this.say(left > 0 ? `Đã điền ${room - index} dòng; ${left} dòng không đủ chỗ.` : `Đã điền ${rows.length} dòng.`);
    this.draw();
    this.changed();
  }

  chosen() {
    const [file] = this.input.files;
    this.say("");
    if (file) this.sending.send(file);
    this.input.value = "";
  }

  // Take the rows of a file; what is no table is told, and the rows that are there stay.
  given(file) {
    const { rows, fault } = arranged(file, this.columns);
    if (fault) return `${fault} ${STAYS}`;
    const { rows: before, api } = this;
    const had = this.state({ rows: before }) !== "blank";
    this.rows = [];
    this.put(rows, 0, 0);
    if (had) this.said.append(" ", api.h("button", { type: "button", class: "btn", onclick: () => this.restore(before) }, "Trả lại bảng cũ"));
    return "";
  }

  restore(rows) {
    this.rows = rows;
    this.draw();
    this.changed();
    this.say("Đã trả lại bảng cũ.");
    this.choose.focus();
  }

  addRow() {
    this.rows.push(this.columns.map(() => ""));
    this.draw();
    this.changed();
    const next = this.at(this.rows.length - 1, 0, 1);
    if (next) next.focus();
  }

  dropRow(index) {
    this.rows.splice(index, 1);
    if (!this.rows.length) this.rows.push(this.columns.map(() => ""));
    this.draw();
    this.changed();
    this.say(`Đã bỏ dòng ${index + 1}.`);
    const next = this.at(Math.min(index, this.rows.length - 1), 0, 1);
    if (next) next.focus();
  }

  say(text) {
    this.said.textContent = text;
  }

  changed(typing = false) {
    if (typing) this.say("");
    this.api.change({ rows: this.rows.map((row) => [...row]) }, typing);
  }

  state(answer) {
    const start = this.api.exercise.rows;
    const rows = (answer && answer.rows) || [];
    const own = rows.some((row, index) => row.some((cell, place) => cell.trim() !== ((start[index] || [])[place] || "")));
    if (!own) return "blank";
    const whole = rows.filter((row) => row.some((cell) => cell.trim())).every((row) => row.every((cell) => cell.trim()));
    return whole ? "done" : "partial";
  }
}

function startRows(api) {
  const { exercise, answer } = api;
  const empty = () => exercise.columns.map(() => "");
  const saved = answer && answer.rows && answer.rows.length ? answer.rows : exercise.rows;
  const rows = saved.map((row) => [...row]);
  while (!exercise.grow && rows.length < exercise.rows.length) rows.push([...exercise.rows[rows.length]]);
  return rows.length ? rows : [empty()];
}

function headOf(column) {
  return column.unit ? `${column.name} (${column.unit})` : column.name;
}

function choice(h, column, props) {
  const options = ["", ...column.choices].map((text) => h("option", { value: text }, text || "…"));
  return h("select", props, ...options);
}

function typed(h, column, props) {
  if (column.type === "text") return h("textarea", { ...props, rows: 1, autocomplete: "off", maxlength: 300 });
  const hint = column.type === "date" ? "ngày/tháng/năm" : null;
  return h("input", {
    ...props,
    type: "text",
    inputmode: column.type === "number" ? "decimal" : "text",
    placeholder: hint,
    autocomplete: "off",
    maxlength: 300,
  });
}

function atEdge(input, step) {
  if (input.selectionStart !== input.selectionEnd) return input.selectionEnd - input.selectionStart === input.value.length;
  return step < 0 ? input.selectionStart === 0 : input.selectionEnd === input.value.length;
}

// Rows of a pasted text: cells between tabs, else between semicolons, else (in several lines) between commas.
function cut(text) {
  const lines = text.replace(/\r\n?/gu, "\n").replace(/\n+$/u, "").split("\n");
  const sign = ["\t", ";"].find((one) => text.includes(one)) || (lines.length > 1 ? "," : "\t");
  return lines.map((line) => cellsOf(line, sign));
}

function cellsOf(line, sign) {
  const found = [""];
  let quoted = false;
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    else if (letter === sign && !quoted) found.push("");
    else found[found.length - 1] += letter;
  }
  return found;
}

// The rows of a file in the table's order, or why there are none. A line that names all columns tells which is which;
// without one the file has the table's own columns.
function arranged(file, columns) {
  const rows = (file.facts && file.facts.rows) || [];
  if (!rows.length) return { fault: NO_TABLE[file.type] || NO_TABLE.other };
  const head = headLine(rows, columns);
  const missing = columns.filter((_, index) => head.places[index] < 0).map((column) => `“${column.name}”`);
  const names = columns.map((column) => column.name).join(", ");
  if (head.found && missing.length) return { fault: `Tệp chưa có cột ${missing.join(", ")}. Dòng tên cột cần đủ: ${names}.` };
  if (!head.found && rows[0].length !== columns.length) {
    return { fault: `Tệp có ${rows[0].length} cột, bảng này có ${columns.length} cột: ${names}. Bạn thêm một dòng tên cột vào đầu tệp.` };
  }
  const data = head.found ? rows.slice(head.at + 1) : rows;
  const long = file.type === "csv" && head.found ? data.findIndex((row) => row.some((cell, index) => cell && !rows[head.at][index])) : -1;
  if (long >= 0) return { fault: `Dòng ${head.at + long + 2} của tệp có nhiều ô hơn dòng tên cột. ${COMMAS}` };
  const own = data.filter((row) => row.some(Boolean)).map((row) => columns.map((_, index) => row[head.places[index]] || ""));
  return own.length ? { rows: own } : { fault: "Tệp mới có dòng tên cột, chưa có dòng nào để lấy." };
}

// The first lines of a file may be a title: the line that names most columns is the one of the names.
function headLine(rows, columns) {
  const plain = (text) => text.normalize("NFC").replace(/\(.*\)/u, "").trim().toLowerCase();
  const lines = rows.slice(0, HEAD_LINES).map((row, at) => {
    const cells = row.map(plain);
    const places = columns.map((column) => cells.indexOf(plain(column.name)));
    return { at, places, found: places.filter((place) => place >= 0).length };
  });
  const best = lines.reduce((one, other) => (other.found > one.found ? other : one));
  return best.found ? best : { ...best, places: columns.map((_, index) => index) };
}

const HEAD_LINES = 10;
const STAYS = "Bảng ở đây vẫn như cũ.";
const COMMAS = "Nếu số có dấu phẩy, bạn đặt cả số trong ngoặc kép, hoặc lưu tệp dạng Excel, rồi gửi lại.";
const NO_TABLE = {
  xlsx: "Trang tính đầu tiên của tệp này còn trống. Bạn để bảng ở trang tính đầu rồi gửi lại.",
  text: `Tệp này chưa phải là bảng: các dòng không có cùng số ô. ${COMMAS}`,
  other: "Đây không phải tệp Excel (.xlsx) hay CSV nên không có bảng để lấy. Bạn chọn lại tệp giúp nhé.",
};
