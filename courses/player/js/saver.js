// Saves one exercise's answer: a draft stays in the browser until the kernel has written it to disk.
// Each save names the answer that it replaces (base); if another window changed it, the learner decides.

const TYPING_PAUSE = 700; // ms after the last key
const SAVE_SECONDS = 10;
const MOST_SENT = 20;
const RETRY_SECONDS = [3, 6, 12, 20, 30];

class Saver {
  // on: {state(kind, moment, message), conflict(theirs)}
  constructor(ask, card, on) {
    this.ask = ask;
    this.card = card;
    this.on = on;
    this.tries = 0;
    this.busy = null;
    this.stuck = false; // a conflict waits for the learner
    this.sent = []; // answers on their way whose replies have not come
    this.stops = [
      hear("link", (link) => link.up && this.push()),
      hear("flush", (all) => isFor(all, card) && all.promises.push(this.push())),
    ];
    this.hide = () => document.visibilityState === "hidden" && this.push();
    document.addEventListener("visibilitychange", this.hide);
  }

  // Begin with what the kernel knows; returns what to show, which is the draft when there is one.
  start(caseName, answer, savedAt) {
    this.case = caseName;
    this.base = answer;
    this.current = answer;
    this.savedAt = savedAt ? new Date(savedAt) : null;
    this.stuck = false;
    const { owner, lesson, exercise } = this.card;
    this.drafts = new Drafts(`${owner}:${lesson}:${exercise}:${caseName}`);
    const draft = this.drafts.take();
    this.sent = (draft && draft.sent) || [];
    if (draft && !same(draft.answer, answer)) {
      this.base = draft.base;
      this.current = draft.answer;
      this.push();
    } else {
      this.drafts.drop(answer);
      this.report(this.savedAt && answer ? "saved" : "new");
    }
    return this.current;
  }

  get pending() {
    return !same(this.current, this.base);
  }

  change(answer, typing) {
    this.current = answer;
    this.drafts.keep(this.draft);
    this.report(this.stuck ? "conflict" : "saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.push(), typing ? TYPING_PAUSE : 0);
  }

  // The learner chose between two windows' answers.
  resolve(mine, theirs) {
    this.stuck = false;
    this.sent = [];
    this.base = theirs;
    if (mine) return this.push(true);
    this.current = theirs;
    this.drafts.drop(theirs);
    this.report("saved");
    return Promise.resolve(true);
  }

  // Another window may have gone on since the learner was asked. Resolves to true when there is something newer.
  async look() {
    const answer = this.base;
    const request = { type: "save", exercise: this.card.exercise, case: this.case, answer, base: answer };
    const reply = answer ? await this.ask(request, SAVE_SECONDS) : {};
    return Boolean(reply.conflict) && this.follow(reply.conflict.answer, reply.saved_at);
  }

  // Another view of the same card saved; follow unless something here is not saved yet.
  follow(answer, savedAt) {
    if (this.pending || this.busy || same(answer, this.current)) return false;
    this.base = answer;
    this.current = answer;
    this.savedAt = savedAt ? new Date(savedAt) : this.savedAt;
    return true;
  }

  // Resolves to true when everything is on the disk.
  push(force = false) {
    clearTimeout(this.timer);
    if (this.stuck) return Promise.resolve(false);
    if (!this.busy) {
      this.busy = this.run(force).finally(() => {
        this.busy = null;
      });
    }
    return this.busy;
  }

  async run(force) {
    while (this.pending) {
      const sent = this.current;
      this.report("saving");
      this.sent = [...this.sent.slice(1 - MOST_SENT), sent];
      const reply = await this.ask(
        { type: "save", exercise: this.card.exercise, case: this.case, answer: sent, base: this.base, force },
        SAVE_SECONDS,
      );
      if (this.isOurs(reply.conflict)) {
        this.base = reply.conflict.answer;
        continue;
      }
      if (!reply.ok) return this.failed(reply);
      this.tries = 0;
      this.sent = [];
      this.base = sent;
      this.savedAt = new Date(reply.saved_at);
      if (this.pending) this.drafts.keep(this.draft);
      else this.drafts.drop(sent);
    }
    if (this.savedAt) this.report("saved");
    return true;
  }

  // A save may arrive although its reply was lost in a cut: what stands there then is no other window's.
  isOurs(conflict) {
    return Boolean(conflict) && this.sent.some((answer) => same(answer, conflict.answer));
  }

  failed(reply) {
    if (reply.conflict) {
      this.stuck = true;
      this.report("conflict");
      this.on.conflict(reply.conflict.answer);
      return false;
    }
    if (reply.silent) tell("silent");
    this.report("failed", reply.silent || reply.lost ? "" : reply.message);
    const wait = RETRY_SECONDS[Math.min(this.tries, RETRY_SECONDS.length - 1)];
    this.tries += 1;
    this.timer = setTimeout(() => this.push(), wait * 1000);
    return false;
  }

  report(kind, message = "") {
    this.on.state(kind, this.savedAt, message);
    tell("save", { id: this.card.exercise, kind, at: this.savedAt });
  }

  get draft() {
    return { base: this.base, answer: this.current, sent: this.sent };
  }

  close() {
    this.push();
    this.stops.forEach((stop) => stop());
    document.removeEventListener("visibilitychange", this.hide);
  }
}
