// The author's page: hears of changes, shows the lesson in its frames, keeps the place and the setting.

const byId = (id) => document.getElementById(id);
const frames = [...document.querySelectorAll(".desk-frame")];
const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`);
const places = new Map(); // frame that is loading → the place to go back to
let last = 0; // number of the draft that the frames show
let wanted = ""; // the setting to open next; "" leaves it as it is

// ---- frames ----

function visible(frame) {
  const size = chosen("size").value;
  return size === "both" || size === frame.dataset.size;
}

// A frame keeps its device's size and is drawn smaller when the column is narrow.
function fit() {
  const room = document.querySelector(".desk-frames").clientWidth - 4;
  for (const frame of frames) {
    frame.hidden = !visible(frame);
    const width = Number(frame.dataset.width);
    const height = Number(frame.dataset.height);
    const scale = Math.min(1, room / width);
    const glass = frame.querySelector(".desk-glass");
    glass.style.width = `${Math.round(width * scale) + 4}px`;
    glass.style.height = `${Math.round(height * scale) + 4}px`;
    frame.querySelector("iframe").style.transform = `scale(${scale})`;
  }
}

// Load the lesson again where it is seen, at the place where it was read.
function load(case_) {
  wanted = case_ || "";
  for (const frame of frames) {
    if (visible(frame)) open(frame.querySelector("iframe"));
    else delete frame.dataset.loaded;
  }
}

function open(iframe) {
  const address = `bai${wanted ? `?case=${wanted}` : ""}`;
  places.set(iframe, iframe.contentWindow.scrollY || places.get(iframe) || 0);
  iframe.closest(".desk-frame").dataset.loaded = "1";
  iframe.onload = () => arrived(iframe);
  if (iframe.src) iframe.contentWindow.location.replace(address);
  else iframe.src = address;
}

function arrived(iframe) {
  const page = iframe.contentDocument;
  const back = () => places.get(iframe) && iframe.contentWindow.scrollTo(0, places.get(iframe));
  back();
  setTimeout(() => {
    if (page !== iframe.contentDocument) return; // another change came meanwhile
    back(); // the cards grow a little after the page has come
    places.delete(iframe);
  }, 150);
  page.addEventListener("bdhai:case", (wish) => choose(wish.detail.case)); // changed inside the lesson
}

function choose(case_) {
  const radio = document.querySelector(`input[name="case"][value="${case_}"]`);
  if (radio) radio.checked = true;
}

// ---- what stands beside ----

async function panel() {
  const open_ = [...document.querySelectorAll("#desk-panel details")].map((box) => [box.id, box.open]);
  const answer = await fetch("ben-canh");
  if (!answer.ok) return null;
  byId("desk-panel").innerHTML = await answer.text();
  for (const [id, was] of open_) if (byId(id)) byId(id).open = was || byId(id).open;
  const judge = byId("desk-judge");
  if (judge) judge.addEventListener("click", tryJudge);
  return byId("desk-panel").firstElementChild.dataset;
}

async function tryJudge() {
  byId("desk-judge").disabled = true;
  byId("desk-judging").textContent = "AI đang chấm các bài mẫu. Việc này có thể mất vài phút…";
  const done = await fetch("cham-thu", { method: "POST" }).catch(() => null);
  if (done && done.ok) {
    await panel();
    byId("desk-agreement") && byId("desk-agreement").scrollIntoView({ block: "nearest" });
  } else {
    byId("desk-judge").disabled = false;
    byId("desk-judging").textContent = "AI chưa chấm được. Bạn chờ một lát rồi bấm lại.";
  }
}

function showFaults(state) {
  const list = byId("desk-fault-list");
  byId("desk-broken").hidden = !state.broken;
  byId("desk-faults").replaceChildren(...(list ? [list.content.cloneNode(true)] : []));
  byId("desk-last").hidden = !state.page;
}

// ---- changes ----

async function changed(news) {
  if (news.number === last) return;
  const state = await panel();
  if (!state) return;
  showFaults(state);
  for (const radio of document.querySelectorAll('input[name="case"]')) radio.disabled = !state.cases;
  const first = last === 0;
  last = news.number;
  if (first && state.case) choose(state.case);
  if (!news.broken || first) load(first ? "" : chosen("case") && state.cases ? chosen("case").value : "");
  say(news);
}

function say(news) {
  const at = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format();
  const words = news.broken ? "bài chưa dựng được" : news.errors ? `còn ${news.errors} lỗi phải sửa` : "không có lỗi";
  byId("desk-news").textContent = `Đọc tệp lúc ${at}: ${words}.`;
}

function listen() {
  const source = new EventSource("tin");
  source.onmessage = (event) => changed(JSON.parse(event.data));
  source.onerror = () => {
    byId("desk-news").textContent = "Bản xem thử đã đóng. Bạn chạy lại lệnh bdhai preview rồi mở địa chỉ mới.";
  };
}

byId("desk-cases").addEventListener("change", () => load(chosen("case").value));
byId("desk-sizes").addEventListener("change", () => {
  fit();
  for (const frame of frames) {
    if (visible(frame) && !frame.dataset.loaded) open(frame.querySelector("iframe"));
  }
});
new ResizeObserver(fit).observe(document.querySelector(".desk-show"));
fit();
listen();
