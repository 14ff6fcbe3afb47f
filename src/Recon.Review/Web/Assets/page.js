// Keys, focus, and what is said when the server does not answer. All state is on the server and in the address.
"use strict";
(() => {
  const lost = document.getElementById("lost");
  const said = document.getElementById("said");
  const beat = 5000;
  const soon = 1000;
  let timer = 0;

  const tell = text => { lost.textContent = text; lost.hidden = text === ""; };

  // The page is alive while its server answers; a server that was started anew has another token.
  const ask = async () => {
    clearTimeout(timer);
    let wait = beat;
    try {
      const answer = await fetch("/alive", { cache: "no-store", redirect: "error" });
      if (answer.ok) { if (lost.dataset.why === "gone") { tell(""); lost.dataset.why = ""; } }
      else { tell("This page belongs to a recon review that has ended. Open the address that the new one has printed."); lost.dataset.why = "gone"; }
    } catch {
      tell("recon review does not answer: it has ended, or this machine was asleep. What is shown may be old. The page goes on by itself once it answers.");
      lost.dataset.why = "gone";
      wait = soon;
    }
    timer = setTimeout(ask, document.hidden ? 4 * beat : wait);
  };
  timer = setTimeout(ask, beat);
  document.addEventListener("htmx:sendError", ask);
  document.addEventListener("htmx:responseError", event => {
    const answer = event.detail.xhr;
    const isText = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    tell(isText && answer.responseText ? answer.responseText : `The server refused (${answer.status}). Load the page again.`);
    lost.dataset.why = "refused";
  });
  document.addEventListener("htmx:afterRequest", event => {
    if (event.detail.successful && lost.dataset.why === "refused") { tell(""); lost.dataset.why = ""; }
  });

  // Said once, also where a part is fetched again and again.
  const say = root => {
    const text = root.querySelector?.("[data-say]")?.dataset.say ?? root.dataset?.say;
    if (text !== undefined && text !== said.textContent) { said.textContent = text; }
  };
  document.addEventListener("htmx:afterSettle", event => {
    say(event.detail.elt);
    const wanted = event.detail.elt.querySelector?.("[data-focus]");
    if (wanted) { wanted.focus(); }
    else if (document.activeElement === document.body && pressed && !pressed.isConnected) {
      // What was pressed is gone with what it replaced: whoever uses keys goes on where it was.
      event.detail.elt.tabIndex = -1;
      event.detail.elt.focus({ preventScroll: true });
    }
    pressed = null;
  });
  let pressed = null;
  document.addEventListener("htmx:beforeRequest", event => { pressed = event.detail.elt.matches("button, a") ? event.detail.elt : pressed; });
  say(document.body);

  // A key does what the element that names it does; arrows move between the items of a list.
  const move = step => {
    const items = [...document.querySelectorAll("[data-item]")].filter(each => each.checkVisibility());
    if (items.length === 0) { return false; }
    const at = items.indexOf(document.activeElement);
    const to = at < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + step));
    items[to].focus();
    return true;
  };
  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.target.closest("input:not([type=checkbox],[type=radio]), select, textarea, [contenteditable]")) { return; }
    const keyed = [...document.querySelectorAll("[data-key]")]
      .find(each => each.dataset.key === event.key && !each.disabled && each.checkVisibility());
    if (keyed) {
      event.preventDefault();

      // Meant for what was there before, or for what does not listen yet.
      if (event.repeat || document.querySelector(".htmx-swapping, .htmx-added")) { return; }
      if (keyed.matches("input:not([type=checkbox],[type=radio]), select, textarea")) { keyed.focus(); keyed.select?.(); } else { keyed.click(); }
    } else if (((event.key === "ArrowDown" || event.key === "ArrowRight") && move(1)) || ((event.key === "ArrowUp" || event.key === "ArrowLeft") && move(-1))) {
      event.preventDefault();
    }
  });
})();
