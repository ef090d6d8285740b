// Groups, pairs, order. Each by drag, by tap and by keyboard alone; every move is said in a live region.

const ARROW = 24; // px that a list's own arrow takes

export function mount(api) {
  return api.exercise.mode === "order" ? mountOrder(api) : mountPlacing(api);
}

// ---- groups and pairs: radios or a list in each item; its grip is dragged, or tapped, onto a board of places ----

function mountPlacing(api) {
  const { h, exercise } = api;
  const isMatch = exercise.mode === "match";
  const labels = new Map(exercise.groups.map((group) => [group.id, group.label]));
  const placed = { ...((api.answer && api.answer.placed) || {}) };
  const count = h("p", { class: "soft small" });
  const said = h("p", { class: "visually-hidden", role: "status" });
  const rows = new Map();
  let picked = null;

  const show = () => {
    const many = Object.keys(placed).length;
    count.textContent = `Đã ${isMatch ? "ghép" : "xếp"} ${many}/${exercise.items.length}`;
    for (const item of exercise.items) rows.get(item.id).show(placed[item.id] || "", picked === item.id);
    board.hidden = !picked;
    for (const spot of board.querySelectorAll("button[data-group]")) {
      const owner = isMatch && exercise.items.find((item) => placed[item.id] === spot.dataset.group);
      spot.lastChild.textContent = owner ? `đang ghép với: ${owner.text}` : "";
    }
  };
  const place = (item, group) => {
    const before = isMatch && group && exercise.items.find((other) => other !== item && placed[other.id] === group);
    if (before) delete placed[before.id];
    if (group) placed[item.id] = group;
    else delete placed[item.id];
    picked = null;
    show();
    said.textContent = group ? `${item.text}: đã đặt vào ${labels.get(group)}.` : `${item.text}: đã bỏ ra.`;
    if (before) said.textContent += ` ${before.text}: đã bỏ ra.`;
    api.change({ placed: { ...placed } });
  };
  const pick = (item, focusBoard) => {
    picked = picked === item.id ? null : item.id;
    show();
    said.textContent = picked ? `Đang cầm ${item.text}. Chọn chỗ đặt.` : `Đã thôi cầm ${item.text}.`;
    if (picked && focusBoard) board.querySelector("button").focus();
  };
  const drop = (group) => {
    const item = exercise.items.find((one) => one.id === picked);
    if (!item) return;
    place(item, group);
    rows.get(item.id).grip.focus();
  };

  const spots = exercise.groups.map((group) =>
    h(
      "button",
      { type: "button", class: "sort-spot", "data-group": group.id, onclick: () => drop(group.id) },
      h("span", {}, group.label),
      h("span", { class: "soft small" }),
    ),
  );
  const away = h("button", { type: "button", class: "btn btn-quiet", onclick: () => drop("") }, "Bỏ ra");
  const board = h("div", { class: "sort-board", role: "group", "aria-label": "Chỗ đặt" });
  board.append(h("p", { class: "bdh-how" }, isMatch ? "Ghép với:" : "Đặt vào:"), ...spots, away);
  board.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const row = rows.get(picked);
    pick(row.item, false);
    row.grip.focus();
  });

  for (const item of exercise.items) {
    const row = isMatch ? pairRow(api, item, place) : groupRow(api, item, place);
    row.item = item;
    row.grip.addEventListener("click", (event) => pick(item, event.detail === 0));
    drag(row.grip, {
      box: row.node,
      places: board,
      start: () => {
        if (picked !== item.id) pick(item, false);
      },
      over: (x, y) => mark(spots, spotAt(x, y, ".sort-spot"), "sort-over"),
      drop: (x, y) => {
        const spot = spotAt(x, y, ".sort-spot");
        mark(spots, null, "sort-over");
        if (spot && board.contains(spot)) drop(spot.dataset.group);
        else pick(item, false);
      },
    });
    rows.set(item.id, row);
  }
  const how = isMatch
    ? "Chọn vế ghép trong từng ô. Hoặc kéo dấu ⠿ (hay chạm vào nó) rồi chọn chỗ đặt."
    : "Chạm vào nhóm của từng mẩu. Hoặc kéo dấu ⠿ (hay chạm vào nó) rồi chọn chỗ đặt.";
  const list = h("div", { role: "group", "aria-describedby": api.statementId });
  list.append(...[...rows.values()].map((row) => row.node));
  api.root.append(h("p", { class: "bdh-how" }, how), list, board, count, said);
  show();
  return { state: (answer) => placingState(answer, exercise.items.length) };
}

function grip(h, words) {
  return h("button", { type: "button", class: "sort-grip", "aria-pressed": "false", "aria-label": words }, "⠿");
}

function groupRow(api, item, place) {
  const { h, exercise } = api;
  const name = api.uid("sort");
  const handle = grip(h, `Cầm: ${item.text}`);
  const inputs = exercise.groups.map((group) =>
    h("input", { type: "radio", name, value: group.id, onchange: () => place(item, group.id) }),
  );
  const picks = exercise.groups.map((group, index) =>
    h("label", { class: "pick" }, inputs[index], h("span", {}, group.label)),
  );
  const node = h("fieldset", { class: "sort-item" }, h("legend", {}, item.text));
  node.append(handle, h("div", { class: picks.length > 3 ? "sort-groups sort-groups-many" : "sort-groups" }, ...picks));
  const show = (group, isPicked) => {
    for (const input of inputs) input.checked = input.value === group;
    handle.setAttribute("aria-pressed", String(isPicked));
  };
  return { node, grip: handle, show };
}

function pairRow(api, item, place) {
  const { h, exercise } = api;
  const id = api.uid("pair");
  const handle = grip(h, `Cầm: ${item.text}`);
  const select = h("select", { id, onchange: () => place(item, select.value) }, h("option", { value: "" }, "– chưa ghép –"));
  for (const group of exercise.groups) select.append(h("option", { value: group.id }, group.label));
  const node = h("div", { class: "sort-item" }, h("label", { for: id }, item.text), handle);
  const whole = h("p", { class: "sort-whole", "aria-hidden": "true", hidden: true });
  const fit = () => showWhole(select, whole);
  new ResizeObserver(fit).observe(select);
  node.append(h("div", { class: "sort-pair" }, select), whole);
  const show = (group, isPicked) => {
    select.value = group;
    fit();
    handle.setAttribute("aria-pressed", String(isPicked));
  };
  return { node, grip: handle, show };
}

// A closed list cuts long words off: they stand below it then. Screen readers have them from the list.
function showWhole(select, whole) {
  const words = select.value ? select.selectedOptions[0].text : "";
  const style = getComputedStyle(select);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - ARROW;
  whole.textContent = words;
  whole.hidden = pen.measureText(words).width <= room;
}

function placingState(answer, total) {
  const many = answer && answer.placed ? Object.keys(answer.placed).length : 0;
  if (!many) return "blank";
  return many < total ? "partial" : "done";
}

// ---- order: a list whose steps move up and down ----

function mountOrder(api) {
  const { h, exercise } = api;
  const texts = new Map(exercise.items.map((item) => [item.id, item.text]));
  const saved = (api.answer && api.answer.order) || [];
  let order = saved.length ? [...saved] : exercise.items.map((item) => item.id);
  let picked = null;
  const said = h("p", { class: "visually-hidden", role: "status" });
  const list = h("ol", { class: "sort-steps", "aria-describedby": api.statementId });
  const rows = new Map(exercise.items.map((item) => [item.id, stepRow(h, item)]));

  const show = () => {
    order.forEach((id, index) => {
      const row = rows.get(id);
      if (list.children[index] !== row.node) list.insertBefore(row.node, list.children[index] || null);
      row.number.textContent = `${index + 1}.`;
      row.up.setAttribute("aria-disabled", String(index === 0));
      row.down.setAttribute("aria-disabled", String(index === order.length - 1));
      row.grip.setAttribute("aria-pressed", String(picked === id));
    });
    list.classList.toggle("sort-picking", picked !== null);
  };
  const move = (id, to, focus) => {
    const from = order.indexOf(id);
    const place = Math.max(0, Math.min(order.length - 1, to));
    picked = null;
    if (place !== from) {
      order = order.filter((other) => other !== id);
      order.splice(place, 0, id);
      api.change({ order: [...order] });
    }
    show();
    said.textContent = `${texts.get(id)}: vị trí ${place + 1} trong ${order.length}.`;
    focus.focus(); // moving a node in the page takes its focus away
  };
  const step = (row, id, by, button) => {
    if (button.getAttribute("aria-disabled") !== "true") move(id, order.indexOf(id) + by, button);
  };
  const pick = (id) => {
    picked = picked === id ? null : id;
    show();
    said.textContent = picked ? `Đang cầm ${texts.get(id)}. Chạm vào chỗ muốn đặt, hoặc dùng phím mũi tên.` : "Đã đặt xuống.";
  };
  const tap = (id) => {
    if (picked === null || picked === id) pick(id);
    else move(picked, order.indexOf(id), rows.get(picked).grip);
  };
  const indexAt = (x, y) => {
    const node = spotAt(x, y, ".sort-step");
    return node && list.contains(node) ? [...list.children].indexOf(node) : -1;
  };

  for (const [id, row] of rows) {
    row.up.addEventListener("click", () => step(row, id, -1, row.up));
    row.down.addEventListener("click", () => step(row, id, 1, row.down));
    row.grip.addEventListener("click", () => tap(id));
    row.text.addEventListener("click", () => tap(id));
    row.grip.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      move(id, order.indexOf(id) + by, row.grip);
    });
    drag(row.grip, {
      box: row.node,
      places: list,
      start: () => {
        picked = id;
        show();
      },
      over: (x, y) => mark([...list.children], list.children[indexAt(x, y)], "sort-over"),
      drop: (x, y) => {
        const index = indexAt(x, y);
        mark([...list.children], null, "sort-over");
        move(id, index < 0 ? order.indexOf(id) : index, row.grip);
      },
    });
  }
  const how = "Kéo dấu ⠿ tới chỗ mới; hoặc chạm vào một bước rồi chạm vào chỗ muốn đặt; hoặc bấm Lên, Xuống.";
  api.root.append(h("p", { class: "bdh-how" }, how), list, said);
  show();
  return { state: (answer) => (answer && answer.order && answer.order.length ? "done" : "blank") };
}

function stepRow(h, item) {
  const number = h("span", { class: "sort-number" });
  const handle = grip(h, `Cầm: ${item.text}`);
  const text = h("span", { class: "sort-words" }, item.text);
  const arrow = (sign, words) =>
    h("button", { type: "button", class: "sort-arrow", "aria-label": `${words}: ${item.text}` }, sign);
  const [up, down] = [arrow("↑", "Lên"), arrow("↓", "Xuống")];
  const line = h("span", { class: "sort-line" }, number, text);
  const node = h("li", { class: "sort-step" }, handle, line, h("span", { class: "sort-arrows" }, up, down));
  return { node, number, grip: handle, text: line, up, down };
}

// ---- dragging: pointer events on the grip alone, so that a finger elsewhere scrolls the page ----

const FAR = 6; // px before a press becomes a drag
const EDGE = 72; // px from the top and bottom of what scrolls along
const PACE = 12; // px a frame

function drag(handle, on) {
  let from = null;
  let active = false;
  let at = null;
  let along = null;
  // Only towards places that are out of sight: what is aimed at must not run away.
  const pace = () => {
    const ends = on.places.getBoundingClientRect();
    if (at.y < along.top + EDGE && ends.top < along.top) return -PACE;
    return at.y > along.bottom - EDGE && ends.bottom > along.bottom ? PACE : 0;
  };
  const scroll = () => {
    if (!active) return;
    const by = pace();
    if (by) {
      along.node.scrollBy(0, by);
      on.over(at.x, at.y);
    }
    requestAnimationFrame(scroll);
  };
  const stop = () => {
    on.box.classList.remove("sort-dragged");
    on.box.style.translate = "";
    from = null;
    active = false;
  };
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, id: event.pointerId };
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!from || event.pointerId !== from.id) return;
    at = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [at.x - from.x, at.y - from.y];
    if (!active && Math.hypot(dx, dy) < FAR) return;
    if (!active) {
      active = true;
      along = scroller(handle); // before the box moves: it stretches what it is in
      on.box.classList.add("sort-dragged");
      on.start();
      requestAnimationFrame(scroll);
    }
    on.box.style.translate = `${dx}px ${dy}px`;
    on.over(at.x, at.y);
  });
  handle.addEventListener("pointerup", (event) => {
    if (!active) {
      from = null;
      return;
    }
    // The click that ends a drag is no tap.
    const swallow = (click) => click.stopImmediatePropagation();
    handle.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => handle.removeEventListener("click", swallow, { capture: true }));
    on.drop(event.clientX, event.clientY);
    stop(); // after it: the box that goes back to its line moves what is under the finger
  });
  handle.addEventListener("pointercancel", () => {
    if (!active) return;
    stop();
    on.drop(-1, -1);
  });
}

// The first element of that kind under a point; what is dragged lets the pointer through.
function spotAt(x, y, kind) {
  const node = document.elementFromPoint(x, y);
  return node && node.closest(kind);
}

function mark(all, chosen, name) {
  for (const node of all) node.classList.toggle(name, node === chosen);
}

// What scrolls around a node, and where it ends on the screen: the page, or a notebook in JupyterLab.
function scroller(node) {
  for (let it = node.parentElement; it; it = it.parentElement) {
    const flow = getComputedStyle(it).overflowY;
    if ((flow !== "auto" && flow !== "scroll") || it.scrollHeight <= it.clientHeight) continue;
    const { top, bottom } = it.getBoundingClientRect();
    return { node: it, top: Math.max(0, top), bottom: Math.min(innerHeight, bottom) };
  }
  return { node: document.scrollingElement, top: 0, bottom: innerHeight };
}
