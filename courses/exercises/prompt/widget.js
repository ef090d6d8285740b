// Write a prompt, watch the AI write, stop it, keep the reply if wanted. Marked after submission.
const AI_SECONDS = 130; // patience until the first word, and between two
const SAMPLE = "Câu trả lời mẫu (chưa có AI)";
const REAL = "AI trả lời";
const CARE = "AI có thể sai. Bạn đọc kỹ và kiểm tra lại trước khi dùng.";
const SAMPLE_CARE = "Lớp học chưa nối với AI, nên đây là câu trả lời ghi sẵn cho một lệnh tốt, không phải cho lệnh của bạn.";
const ENDS = {
  whole: "AI viết xong rồi.",
  stopped: "Bạn đã dừng AI. Đây là phần đã viết.",
  cut: "Đường nối bị ngắt giữa chừng. Đây là phần AI đã viết; bạn có thể bấm lại.",
};

export function mount(api) {
  const { h } = api;
  const part = api.writing(api, "Lệnh của bạn");
  let kept = (api.answer && api.answer.reply) || "";
  part.answer = () => (kept ? { reply: kept } : {});
  // What changes word by word is not read out; the status line says when it begins and ends.
  const status = h("p", { class: "soft small", role: "status" });
  const result = h("div", { class: "prompt-reply" });
  const button = h("button", { type: "button", class: "btn", onclick: () => tryOut() }, "Thử với AI");
  const buttons = h("div", { class: "btn-row prompt-try" }, button);
  const { attached } = api.exercise;
  if (attached) api.root.append(enclosed(h, attached));
  api.root.append(buttons, status, result);

  const showReply = (reply) => {
    const isKept = kept === reply;
    const label = isKept ? "Bỏ câu trả lời này khỏi bài" : "Giữ câu trả lời này cùng bài";
    const toggle = h("button", { type: "button", class: "btn", onclick: () => keep(isKept ? "" : reply, reply) }, label);
    const title = isKept ? `${REAL} (đã giữ cùng bài)` : REAL;
    result.replaceChildren(replyBox(h, title, bold(h, reply), CARE), toggle);
  };
  const keep = (next, shown) => {
    kept = next;
    api.change({ ...part.answer(), text: part.box.value });
    showReply(shown);
    status.textContent = kept ? "Đã giữ câu trả lời cùng bài." : "Đã bỏ câu trả lời khỏi bài.";
    result.querySelector("button").focus();
  };
  const tryOut = async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    result.replaceChildren();
    if (!part.box.value.trim()) {
      status.textContent = "Bạn viết lệnh trước, rồi bấm Thử với AI.";
      return;
    }
    button.setAttribute("aria-disabled", "true");
    status.textContent = "AI đang viết. Có thể mất một phút, bạn cứ đọc tiếp.";
    const text = h("span");
    let written = "";
    const stream = api.stream(
      { type: "ai", text: attached ? `${part.box.value}\n\n${attached}` : part.box.value },
      (piece) => {
        written += piece;
        text.textContent = written;
        if (!text.isConnected) result.replaceChildren(replyBox(h, REAL, [text], CARE));
      },
      AI_SECONDS,
    );
    const stop = h("button", { type: "button", class: "btn", onclick: () => stream.stop() }, "Dừng");
    buttons.append(stop);
    const reply = await stream.done;
    const hadFocus = stop === document.activeElement;
    stop.remove();
    if (hadFocus) button.focus();
    button.removeAttribute("aria-disabled");
    show(reply.ok || !written ? reply : { ok: true, reply: written, end: "cut" });
  };
  const show = (reply) => {
    status.textContent = ENDS[reply.end] || "";
    if (!reply.ok) result.replaceChildren(h("p", { class: "banner banner-warn", role: "alert" }, reply.message, more(h, reply)));
    else if (reply.end === "stopped" && !reply.reply) status.textContent = "Bạn đã dừng AI. AI chưa viết gì.";
    else if (reply.reply) showReply(reply.reply);
    else result.replaceChildren(replyBox(h, SAMPLE, bold(h, api.exercise.sample_reply || ""), SAMPLE_CARE));
  };
  if (kept) showReply(kept);
  return { state: part.state, note: "Câu này được chấm sau khi bạn nộp bài." };
}

// What goes to the AI behind the prompt; the learner need not copy it.
function enclosed(h, text) {
  const summary = h("summary", {}, "Tài liệu gửi kèm khi bạn bấm Thử với AI");
  return h("details", { class: "prompt-attached" }, summary, h("div", { class: "prompt-box prewrap" }, text));
}

function replyBox(h, title, pieces, care) {
  const box = h("div", { class: "prompt-box" }, h("p", { class: "bdh-label" }, title));
  box.append(h("p", { class: "prewrap" }, ...pieces), h("p", { class: "soft small" }, care));
  return box;
}

// Lesson 1.4 tells why personal data stays here; it opens beside this lesson, so that nothing is lost.
function more(h, reply) {
  return reply.link ? h("a", { href: reply.link, target: "_blank", rel: "noopener" }, " Mở bài 1.4 (trang mới)") : null;
}

// AIs like to write **bold**; show it as such instead of as asterisks. Everything stays text.
function bold(h, text) {
  return text.trim().split(/\*\*(.+?)\*\*/u).map((piece, index) => (index % 2 ? h("strong", {}, piece) : piece));
}
