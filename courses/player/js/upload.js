// Sends a learner's file to their own server, which passes it on to the portal. Never rejects: a failure is a reply.

const UPLOAD_SECONDS = 180;
const MIB = 1024 * 1024;
const FILE_SAFE = "Tệp vẫn ở máy bạn, bài đã làm vẫn được giữ.";
const FILE_CUT = `Mất kết nối nên tệp chưa gửi được. ${FILE_SAFE} Bạn chờ có mạng rồi gửi lại.`;
const FILE_LOST = `Máy chủ chưa nhận được tệp. ${FILE_SAFE} Bạn tải lại trang rồi gửi lần nữa.`;
const FILE_STOPPED = `Đã dừng, tệp chưa được gửi. ${FILE_SAFE}`;

// The address of the server and its token against forged requests: told by our page, or by JupyterLab's.
function uploadPlace() {
  const own = document.getElementById("bdhai-page");
  if (own) return JSON.parse(own.textContent);
  const lab = document.getElementById("jupyter-config-data");
  const cookie = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/u);
  return { base: lab ? JSON.parse(lab.textContent).baseUrl : "/", xsrf: cookie ? cookie[1] : "" };
}

// A name for a header: short, without broken halves of letters; its ending is kept.
function sentName(name) {
  const whole = name.replace(/[\ud800-\udfff]/gu, "");
  return encodeURIComponent(whole.length > 150 ? whole.slice(0, 100) + whole.slice(-40) : whole);
}

// onProgress(share) with share from 0 to 1; signal stops it. Resolves to {ok, file?, message?, again?}: again says that
// the same file may be sent later.
function upload(file, onProgress = () => {}, signal = null, mostMib = 10) {
  if (file.size > mostMib * MIB) {
    const message = `Tệp lớn hơn ${mostMib} MB. ${FILE_SAFE} Bạn thu nhỏ ảnh hoặc cắt ngắn video rồi gửi lại.`;
    return Promise.resolve({ ok: false, message });
  }
  return new Promise((resolve) => {
    const { base, xsrf } = uploadPlace();
    const request = new XMLHttpRequest();
    const fail = (message, more = {}) => resolve({ ok: false, message, ...more });
    request.open("POST", `${base}bdhai/files`);
    request.timeout = UPLOAD_SECONDS * 1000;
    request.setRequestHeader("X-XSRFToken", xsrf);
    request.setRequestHeader("X-File-Name", sentName(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => onProgress(file.size ? Math.min(1, event.loaded / file.size) : 1);
    request.onload = () => resolve(sentReply(request));
    request.onerror = () => fail(FILE_CUT, { again: true });
    request.ontimeout = () => fail(FILE_CUT, { again: true });
    request.onabort = () => fail(FILE_STOPPED, { again: true });
    if (signal) signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function sentReply(request) {
  let body = null;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    // a page of the hub: signed out, or the server is gone
  }
  if (request.status === 201 && body && body.id) return { ok: true, file: body };
  return { ok: false, message: (body && body.error) || FILE_LOST, again: request.status >= 500 };
}
