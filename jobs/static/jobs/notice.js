// Shows what went wrong. Text goes in as text only: file names and messages may be hostile.

import { copyButton } from "./copying.js";
import { gettext } from "./i18n.js";

export function showProblem(box, error) {
  const sentence = element("span", "", error.message);
  box.replaceChildren(sentence);
  if (error.needsLogin) box.append(" ", loginLink());
  box.append(originLine(error));
  box.hidden = false;
}

// What an operator asks for: the code and, where the server has answered, the request's id.
function originLine(error) {
  const origin = [error.code, error.requestId].filter(Boolean).join(" · ");
  const line = element("small", "origin", origin);
  if (!error.requestId) return line;
  const button = element("button", "link-button", gettext("Copy"));
  button.type = "button";
  copyButton(button, () => origin);
  line.append(" ", button);
  return line;
}

export function hide(box) {
  box.hidden = true;
  box.replaceChildren();
}

// The line that a page keeps for the state of its polling: gone while all is well.
export function connectionLine(box) {
  return (error) => {
    if (error === null) hide(box);
    else if (error.needsLogin) say(box, gettext("You are logged out, the jobs go on."), " ", loginLink());
    else if (error.status >= 400 && error.status < 500) showProblem(box, error);
    else say(box, gettext("Connection lost, the jobs go on. Trying again …"));
  };
}

// For buttons that come and go in use: unlike `disabled`, this does not take the focus from them.
export function setEnabled(control, enabled) {
  control.setAttribute("aria-disabled", String(!enabled));
}

export const isEnabled = (control) => control.getAttribute("aria-disabled") !== "true";

// Leaves an unchanged text alone: screen readers would read it again, and selections in it would be lost.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function element(name, className = "", text = "") {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

// As with setText, what is said already is left alone.
function say(box, text, ...more) {
  box.hidden = false;
  if (box.firstChild?.textContent !== text) box.replaceChildren(text, ...more);
}

function loginLink() {
  const link = element("a", "", gettext("Log in"));
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  return link;
}
