// Asks for the list of hits as one types; without it the form works as any form does.
"use strict";

const form = document.getElementById("search");
const found = document.getElementById("found");
const MILLISECONDS = 150;
let timer = 0;
let asked = 0;

function address(page) {
  const values = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...values]) if (!value) values.delete(name);
  if (page) values.set("page", page);
  return `/search?${values}`;
}

async function ask(page = "") {
  const number = ++asked;
  const target = address(page);
  found.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${target}${target.includes("=") ? "&" : ""}part=1`);
    const text = await answer.text();
    if (number !== asked || !answer.ok) return;
    const focused = found.contains(document.activeElement) ? document.activeElement.name : "";
    found.innerHTML = text;
    if (focused) found.querySelector(`[name="${focused}"]`)?.focus();
    history.replaceState(null, "", target);
  } catch {
    // The reading room has ended; what is shown stays.
  } finally {
    if (number === asked) found.setAttribute("aria-busy", "false");
  }
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
