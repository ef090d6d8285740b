// A clock that encourages: whole minutes with the page in sight, never a countdown. No live region: a screen
// reader finds it when asked, and is not interrupted every minute.

const BEAT = 15; // seconds between two looks

function clockWords(minutes, wanted, left) {
  if (left === 0) return minutes ? `Bạn đã làm hết các câu trong ${minutes} phút` : "Bạn đã làm hết các câu";
  const rest = left ? `, còn khoảng ${left} câu` : "";
  if (!minutes) return wanted ? `Bài này khoảng ${wanted} phút, bạn cứ thong thả` : "Bạn cứ thong thả";
  if (wanted && minutes > wanted) return `Bạn đã học ${minutes} phút${rest}, cứ thong thả`;
  return `Bạn đã học ${minutes} phút${rest}`;
}

class Clock {
  constructor(page) {
    this.wanted = page.minutes;
    this.key = `bdhai:phut:${page.owner}:${page.folder}`;
    this.line = document.getElementById("bdh-clock");
    this.seconds = this.read();
    this.open = null;
    this.line.hidden = !page.exercises;
    setInterval(() => this.beat(), BEAT * 1000);
    addEventListener("pagehide", () => this.keep());
  }

  left(exercises) {
    this.open = exercises;
    this.show();
  }

  beat() {
    if (document.visibilityState !== "visible") return; // a hidden page is a pause
    this.seconds += BEAT;
    this.keep();
    this.show();
  }

  show() {
    const words = clockWords(Math.floor(this.seconds / 60), this.wanted, this.open);
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  // Today's minutes survive a reload; yesterday's do not count.
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return kept && kept.day === dayOf(new Date()) ? Number(kept.seconds) || 0 : 0;
    } catch {
      return 0;
    }
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ day: dayOf(new Date()), seconds: this.seconds }));
    } catch {
      // a full or forbidden store: the minutes of this visit still show
    }
  }
}
