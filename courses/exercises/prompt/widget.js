// Write a prompt, try it with the AI, keep the reply if wanted. Marked after submission.
const AI_SECONDS = 130;
const SAMPLE = "Câu trả lời mẫu (chưa có AI)";
const REAL = "AI trả lời";
const CARE = "AI có thể sai. Bạn đọc kỹ và kiểm tra lại trước khi dùng.";
const SAMPLE_CARE = "Lớp học chưa nối với AI, nên đây là câu trả lời ghi sẵn cho một lệnh tốt, không phải cho lệnh của bạn.";

export function mount(api) {
  const { h } = api;
  const part = api.writing(api, "Lệnh của bạn");
  let kept = (api.answer && api.answer.reply) || "";
  part.answer = () => (kept ? { reply: kept } : {});
  const result = h("div", { class: "prompt-reply", role: "status", "aria-live": "polite" });
  const button = h("button", { type: "button", class: "btn", onclick: () => tryOut() }, "Thử với AI");
  api.root.append(h("p", { class: "prompt-try" }, button), result);

  const showReply = (reply) => {
    const isKept = kept === reply;
    const label = isKept ? "Bỏ câu trả lời này khỏi bài" : "Giữ câu trả lời này cùng bài";
    const toggle = h("button", { type: "button", class: "btn", onclick: () => keep(isKept ? "" : reply, reply) }, label);
    const title = isKept ? `${REAL} (đã giữ cùng bài)` : REAL;
    result.replaceChildren(replyBox(h, title, reply, CARE), toggle);
  };
  const keep = (next, shown) => {
    kept = next;
    api.change({ ...part.answer(), text: part.box.value });
    showReply(shown);
    result.querySelector("button").focus();
  };
  const tryOut = async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    if (!part.box.value.trim()) {
      result.replaceChildren(h("p", {}, "Bạn viết lệnh trước, rồi bấm Thử với AI."));
      return;
    }
    button.setAttribute("aria-disabled", "true");
    result.replaceChildren(h("p", { class: "soft" }, "AI đang viết. Có thể mất một phút, bạn cứ đọc tiếp."));
    const reply = await api.ask({ type: "ai", text: part.box.value }, AI_SECONDS);
    button.removeAttribute("aria-disabled");
    if (!reply.ok) result.replaceChildren(h("p", { class: "banner banner-warn" }, reply.message));
    else if (reply.reply) showReply(reply.reply);
    else result.replaceChildren(replyBox(h, SAMPLE, api.exercise.sample_reply || "", SAMPLE_CARE));
  };
  if (kept) showReply(kept);
  return { state: part.state, note: "Câu này được chấm sau khi bạn nộp bài." };
}

function replyBox(h, title, text, care) {
  const box = h("div", { class: "prompt-box" }, h("p", { class: "bdh-label" }, title));
  box.append(h("p", { class: "prewrap" }, ...bold(h, text)), h("p", { class: "soft small" }, care));
  return box;
}

// AIs like to write **bold**; show it as such instead of as asterisks. Everything stays text.
function bold(h, text) {
  return text.trim().split(/\*\*(.+?)\*\*/u).map((piece, index) => (index % 2 ? h("strong", {}, piece) : piece));
}
