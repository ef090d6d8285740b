// What is not on the disk yet stays in the browser: one draft a window, so that no window replaces another's words.
// What a closed window left goes to the next one that opens the exercise.

const WINDOW = windowName();

// Another in every tab, and the same after a reload.
function windowName() {
  const fresh = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  try {
    const name = sessionStorage.getItem("bdhai:window") || fresh;
    sessionStorage.setItem("bdhai:window", name);
    return name;
  } catch {
    return fresh;
  }
}

class Drafts {
  constructor(key) {
    this.key = `bdhai:draft:${key}`;
  }

  get all() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) || {};
    } catch {
      return {};
    }
  }

  // This window's draft, else the last that another left, which is this window's from now on.
  take() {
    const all = this.all;
    const from = WINDOW in all ? WINDOW : Object.keys(all).pop();
    if (from === undefined) return null;
    const draft = all[from];
    delete all[from];
    this.put({ ...all, [WINDOW]: draft });
    return draft;
  }

  keep(draft) {
    this.put({ ...this.all, [WINDOW]: draft });
  }

  // Forget this window's draft, and all that say no more than what is saved.
  drop(saved) {
    const others = Object.entries(this.all).filter(([name, draft]) => name !== WINDOW && !same(draft.answer, saved));
    this.put(Object.fromEntries(others));
  }

  put(all) {
    try {
      if (Object.keys(all).length) localStorage.setItem(this.key, JSON.stringify(all));
      else localStorage.removeItem(this.key);
    } catch {
      // a full or forbidden store: the text is still on the page
    }
  }
}
