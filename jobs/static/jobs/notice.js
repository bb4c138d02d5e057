// Shows what went wrong. Text goes in as text only: file names and messages may be hostile.

export function showProblem(box, error) {
  const origin = [error.code, error.requestId && `request ${error.requestId}`].filter(Boolean).join(" · ");
  const sentence = element("span", "", error.message);
  box.replaceChildren(sentence, " ", element("small", "origin", origin));
  if (error.needsLogin) box.append(" ", loginLink());
  box.hidden = false;
}

export function hide(box) {
  box.hidden = true;
  box.replaceChildren();
}

// The line that a page keeps for the state of its polling: gone while all is well.
export function connectionLine(box) {
  return (error) => {
    if (error === null) hide(box);
    else if (error.needsLogin) say(box, "You are logged out, the jobs go on. ", loginLink());
    else if (error.status >= 400 && error.status < 500) showProblem(box, error);
    else say(box, "Connection lost, the jobs go on. Trying again …");
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
  const link = element("a", "", "Log in");
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  return link;
}
