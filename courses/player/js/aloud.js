// Read aloud with a Vietnamese voice of the learner's own device, section by section. Without one nothing is
// shown; voices of the network are left alone, because they would send the text away.

const READ_WORDS = "Nghe đoạn này";
const STOP_WORDS = "Dừng đọc";
const PIECES = "h1, h2, h3, h4, p, li, th, td, img[alt]";
const PACE = 0.95;

function localVoice(voices) {
  return voices.find((voice) => voice.localService && /^vi([-_]|$)/i.test(voice.lang));
}

// The parts to say: blocks that hold no smaller block, as somebody sees them.
function piecesOf(section) {
  const all = [...section.querySelectorAll(PIECES)];
  return all.filter((piece) => !piece.querySelector(PIECES.replace(", img[alt]", "")) && spoken(piece));
}

function spoken(piece) {
  if (piece.tagName === "IMG") return piece.alt ? `Hình: ${piece.alt}` : "";
  return piece.innerText.trim();
}

class Aloud {
  constructor(voice) {
    this.voice = voice;
    this.rest = [];
    document.querySelectorAll(".prose, .announce").forEach((section) => this.offer(section, section));
    document.querySelectorAll(".bdh-statement").forEach((part) => this.offer(part, part.parentNode, part));
    hear("shown", ({ el }) => {
      const part = el.querySelector(".bdh-statement");
      if (part) this.offer(part, part.parentNode, part);
    });
    hear("case", () => this.stop());
    addEventListener("pagehide", () => this.stop());
    document.getElementById("bdh-aloud").hidden = false;
  }

  offer(section, parent, before = section.firstChild) {
    const button = h("button", { type: "button", class: "btn btn-quiet aloud", onclick: () => this.toggle(button) });
    button.append(h("span", { "aria-hidden": "true" }, "▶ "), h("span", { class: "aloud-words" }, READ_WORDS));
    button.section = section;
    parent.insertBefore(button, before);
  }

  toggle(button) {
    const mine = this.button === button;
    this.stop();
    if (mine) return;
    this.button = button;
    this.rest = piecesOf(button.section);
    button.querySelector(".aloud-words").textContent = STOP_WORDS;
    this.next();
  }

  next() {
    this.unmark();
    const piece = this.rest.shift();
    if (!piece) {
      this.stop();
      return;
    }
    piece.classList.add("being-read");
    piece.scrollIntoView({ block: "nearest" });
    const words = new SpeechSynthesisUtterance(spoken(piece));
    words.voice = this.voice;
    words.lang = "vi-VN";
    words.rate = PACE;
    words.onend = () => words === this.words && this.next();
    words.onerror = () => words === this.words && this.stop();
    this.words = words;
    speechSynthesis.speak(words);
  }

  unmark() {
    document.querySelectorAll(".being-read").forEach((piece) => piece.classList.remove("being-read"));
  }

  stop() {
    this.words = null;
    this.rest = [];
    this.unmark();
    speechSynthesis.cancel();
    if (this.button) this.button.querySelector(".aloud-words").textContent = READ_WORDS;
    this.button = null;
  }
}

// Browsers name their voices late, some never.
function startAloud() {
  if (!("speechSynthesis" in window)) return;
  let aloud = null;
  const look = () => {
    const voice = localVoice(speechSynthesis.getVoices());
    if (voice && !aloud) aloud = new Aloud(voice);
  };
  speechSynthesis.addEventListener("voiceschanged", look);
  look();
}
