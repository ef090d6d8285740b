// “Cách đọc”: text size, contrast, motion, voice, clock. The cookie is written here and read by the servers,
// so that the next page comes out right at once.

const READING_SECONDS = 365 * 86400;

// The words of the cookie, as courses/player/reading.py knows them.
function readingCookie(chosen) {
  const words = [
    chosen.size > 0 && `co-${chosen.size}`,
    chosen.contrast && "ro",
    chosen.calm && "tinh",
    !chosen.aloud && "khong-doc",
    !chosen.clock && "khong-gio",
  ];
  return words.filter(Boolean).join(".");
}

function applyReading(chosen) {
  const attributes = {
    size: chosen.size > 0 && String(chosen.size),
    contrast: chosen.contrast && "more",
    motion: chosen.calm && "less",
    aloud: !chosen.aloud && "off",
    clock: !chosen.clock && "off",
  };
  for (const [name, value] of Object.entries(attributes)) {
    if (value) document.documentElement.dataset[name] = value;
    else delete document.documentElement.dataset[name];
  }
}

function startReading(page) {
  const panel = document.getElementById("cach-doc");
  if (!panel) return;
  const form = panel.querySelector("form");
  const summary = panel.querySelector("summary");
  const close = () => {
    panel.open = false;
    summary.focus();
  };
  form.addEventListener("change", () => {
    const chosen = { size: Number(form.elements.size.value) };
    for (const name of ["contrast", "calm", "aloud", "clock"]) chosen[name] = form.elements[name].checked;
    applyReading(chosen);
    document.cookie = `${page.reading_cookie}=${readingCookie(chosen)}; path=/; max-age=${READING_SECONDS}; samesite=lax`;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  panel.addEventListener("keydown", (event) => event.key === "Escape" && panel.open && close());
  panel.querySelector(".reading-close").addEventListener("click", close);
}
