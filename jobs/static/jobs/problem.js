// On the page of a problem: what an operator asks for can be copied.

import { copyButton } from "./copying.js";

const button = document.getElementById("copy-origin");
copyButton(button, () => document.getElementById("origin").textContent);
button.hidden = false;
