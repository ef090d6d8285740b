// Explained words: the browser's own popover does it all where it is known; here are its place on the page,
// and the same by hand for older browsers.

const HAS_POPOVERS = "popover" in HTMLElement.prototype;
const EDGE = 8; // px
const GUESS = 200; // px, the height of a note that was never shown

function placeNote(note) {
  const word = document.querySelector(`.term[popovertarget="${note.id}"]`);
  if (!word) return;
  const at = word.getBoundingClientRect();
  const height = note.offsetHeight || GUESS;
  const foot = document.querySelector("footer").getBoundingClientRect();
  const below = at.bottom;
  const fits = below + height < foot.top || at.top < height;
  note.style.top = `${scrollY + (fits ? below : at.top - height)}px`;
  const width = note.offsetWidth || document.documentElement.clientWidth;
  const most = document.documentElement.clientWidth - width - 2 * EDGE;
  note.style.left = `${Math.max(2 * EDGE, Math.min(at.left, most))}px`;
}

function startTerms() {
  if (HAS_POPOVERS) {
    // Before it shows, for it takes the focus and the page would scroll to it; and again with its real size.
    const opens = (event) => event.newState === "open" && event.target.matches(".term-note") && placeNote(event.target);
    document.addEventListener("beforetoggle", opens, true);
    document.addEventListener("toggle", opens, true);
    return;
  }
  document.querySelectorAll(".term").forEach((word) => word.setAttribute("aria-expanded", "false"));
  document.addEventListener("click", (event) => toggleNote(event.target.closest("[popovertarget]"), event.target));
  document.addEventListener("keydown", (event) => event.key === "Escape" && toggleNote(null));
}

function toggleNote(button, target = null) {
  const open = document.querySelector(".term-note.open");
  if (open && target && !button && open.contains(target)) return;
  const note = button && document.getElementById(button.getAttribute("popovertarget"));
  if (open) {
    open.classList.remove("open");
    const word = document.querySelector(`.term[popovertarget="${open.id}"]`);
    word.setAttribute("aria-expanded", "false");
    if (open.contains(document.activeElement)) word.focus();
  }
  if (!note || note === open) return;
  note.classList.add("open");
  button.setAttribute("aria-expanded", "true");
  placeNote(note);
  note.focus();
}
