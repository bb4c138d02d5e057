// How the result is shown: rendered or raw (tabs), and pictures, text or both.

const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
const NARROW = matchMedia("(max-width: 48rem)");

// `loader` fills the rows with what is chosen; `place` keeps the page in view where it is.
export function resultModes(section, loader, place) {
  const tabs = [...section.querySelectorAll("[role=tab]")];
  const radios = [...section.querySelectorAll("[name=layout]")];

  function choose(tab) {
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    document.getElementById("pages").setAttribute("aria-labelledby", tab.id);
    place.hold(() => {
      section.dataset.form = tab.dataset.form;
      loader.reload();
    });
  }

  function lay(layout) {
    place.hold(() => (section.dataset.layout = layout));
    loader.soon();
  }

  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS)) return;
      event.preventDefault();
      const index = Math.min(Math.max(tabs.indexOf(tab) + KEYS[event.key], 0), tabs.length - 1);
      choose(tabs[index]);
      tabs[index].focus();
    });
  }
  for (const radio of radios) radio.addEventListener("change", () => lay(radio.value));

  // There is no room for two columns: one of them, and a switch.
  function fit() {
    const chosen = radios.find((radio) => radio.checked)?.value;
    if (!NARROW.matches || chosen !== "both") return;
    radios.find((radio) => radio.value === "text").checked = true;
    lay("text");
  }
  NARROW.addEventListener("change", fit);
  fit();
}
