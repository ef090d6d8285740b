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
    this.edits = 0;
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
    return h("div", { class: "table-wrap table-region", role: "group", tabindex: "0", "aria-label": name }, table);
  }

  tools() {
    const { h, exercise, upload } = this.api;
    if (!exercise.grow) return [];
    this.add = h("button", { type: "button", class: "btn", onclick: () => this.addRow() }, "Thêm dòng");
    const row = h("div", { class: "btn-row table-tools" }, this.add);
    if (upload) row.append(...this.uploader());
    return [row, h("p", { class: "soft small" }, "Bạn có thể chép nhiều ô từ Excel rồi dán vào một ô của bảng.")];
  }

  uploader() {
    const { h, uid } = this.api;
    const id = uid("table-file");
    const file = h("input", { id, type: "file", accept: ".csv,.xlsx", class: "visually-hidden", onchange: () => this.send(file) });
    return [file, h("label", { for: id, class: "btn table-upload" }, "Lấy từ tệp Excel, CSV")];
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
    if (step[1] && control.tagName === "INPUT" && !atEdge(control, step[1])) return;
    const next = this.at(index + step[0], place + step[1], step[1]);
    if (!next) return;
    event.preventDefault();
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

  async send(file) {
    if (!file.files.length) return;
    this.say("Đang đọc tệp…");
    const before = this.edits;
    const reply = await this.api.upload(file.files[0], (share) => this.say(`Đang gửi tệp: ${Math.round(share * 100)}%`));
    file.value = "";
    if (!this.body.isConnected) return; // another setting or window took this table's place
    const facts = reply.ok && reply.file && reply.file.facts;
    const rows = facts && facts.rows ? arranged(facts.rows, this.columns, reply.file.type) : [];
    if (!reply.ok) this.say(reply.message);
    else if (!rows.length) this.say("Chưa thấy bảng nào trong tệp này. Bạn kiểm tra trang tính đầu tiên của tệp.");
    else if (before !== this.edits) this.say("Bạn đã sửa bảng trong lúc chờ, nên máy giữ bảng của bạn. Muốn lấy bảng trong tệp, bạn chọn lại tệp.");
    else {
      this.rows = [];
      this.put(rows, 0, 0);
    }
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
    this.edits += 1;
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

// Rows of a file in the table's order: a first line of column names says which is which, and is left out.
function arranged(rows, columns, type) {
  const plain = (text) => text.normalize("NFC").replace(/\(.*\)/u, "").trim().toLowerCase();
  const heads = (rows[0] || []).map(plain);
  const places = columns.map((column) => heads.indexOf(plain(column.name)));
  const named = places.some((place) => place >= 0);
  const data = named ? rows.slice(1) : rows;
  return data.map((row) =>
    columns.map((column, index) => vietnamese(row[named ? places[index] : index] || "", column, type)),
  );
}

// A workbook holds numbers, not texts: there the dot always begins the decimals.
function vietnamese(text, column, type) {
  const isDecimal = type === "xlsx" && column.type === "number" && /^-?\d+\.\d+$/u.test(text);
  return isDecimal ? text.replace(".", ",") : text;
}
