// Asks for the list of hits as one types; without it the form works as any form does.
"use strict";

const form = document.getElementById("search");
const found = document.getElementById("found");
const status = document.getElementById("status");
const MILLISECONDS = 150;
let timer = 0;
let asked = 0;

function address() {
  const values = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...values]) if (!value) values.delete(name);
  return `/search?${values}`;
}

async function ask() {
  const number = ++asked;
  const target = address();
  found.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${target}&part=1`);
    if (!answer.ok) throw new Error(answer.statusText);
    const text = await answer.text();
    if (number === asked) show(text, target);
  } catch {
    if (number === asked) {
      document.getElementById("hits").replaceChildren();
      status.textContent = form.dataset.failed;
    }
  } finally {
    if (number === asked) found.setAttribute("aria-busy", "false");
  }
}

// The status is one element that stays, or screen readers would not read it out.
function show(text, target) {
  const focused = found.contains(document.activeElement) ? document.activeElement.name : "";
  found.innerHTML = text;
  if (focused) found.querySelector(`[name="${focused}"]`)?.focus();
  const hits = document.getElementById("hits");
  status.textContent = hits.dataset.status;
  document.title = hits.dataset.title;
  history.replaceState(null, "", target);
  for (const back of document.querySelectorAll('input[name="back"]')) back.value = target;
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(ask, MILLISECONDS);
}

form.addEventListener("input", (event) => {
  if (event.target.name === "q" && !event.isComposing) askSoon();
});
form.addEventListener("compositionend", askSoon);
form.addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") ask();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  ask();
});
