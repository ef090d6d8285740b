// The only script of the hub's pages: go on when the learner's server is ready. Without script the page reloads itself.
(function () {
  var sign = document.getElementById("wait");
  function onward() {
    if (sign.dataset.next) location.replace(sign.dataset.next);
    else if ("again" in sign.dataset) location.replace(location.pathname + location.search); // never sends a form twice
    else location.reload();
  }
  function later() {
    setTimeout(onward, 1000 * Number(sign.dataset.seconds || 2));
  }
  if (!sign.dataset.progress) return later();
  // A part of the news without words is hidden; unchanged words are left alone, so that nobody hears them twice.
  function show(id, words) {
    var part = document.getElementById(id);
    if (part.textContent !== words) part.textContent = words;
    if (part.tagName === "DD") part.parentNode.hidden = !words;
  }
  var news = new EventSource(sign.dataset.progress);
  news.onmessage = function (message) {
    var told = JSON.parse(message.data);
    if (told.notice) {
      show("notice", told.notice);
      show("before", told.before || "");
      show("time", told.time || "");
    }
    if (!told.ready && !told.failed) return;
    news.close();
    onward();
  };
  news.onerror = function () {
    news.close();
    later();
  };
})();
