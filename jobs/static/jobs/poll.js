// Asks again and again: at the pace that the answer calls for, slower after failures and in a hidden tab.

const FIRST_BACK_OFF_MS = 2_000;
const LONGEST_BACK_OFF_MS = 30_000;

// `ask` gives (a promise of) the milliseconds until it wants to be called again, or null for "not by itself".
// `report` is called with the error after each failure and with null after each success.
// In a hidden tab it asks every `hiddenMs` at most, without that not at all. The function that comes back asks at once.
export function poll(ask, report, { hiddenMs = Infinity } = {}) {
  let timer = 0;
  let asking = false;
  let askAgain = false;
  let failures = 0;

  async function run() {
    clearTimeout(timer);
    if (asking) {
      // The answer under way may be older than what the caller has just done.
      askAgain = true;
      return;
    }
    asking = true;
    const pause = await askOnce();
    asking = false;
    if (askAgain) {
      askAgain = false;
      run();
    } else if (pause !== null) {
      later(pause);
    }
  }

  function later(pause) {
    const milliseconds = document.hidden ? Math.max(pause, hiddenMs) : pause;
    if (milliseconds < Infinity) timer = setTimeout(run, milliseconds);
  }

  async function askOnce() {
    try {
      const pause = await ask();
      failures = 0;
      report(null);
      return pause;
    } catch (error) {
      failures += 1;
      if (!error.code) console.error(error); // a mistake of this page's own
      report(error);
      const backOff = Math.min(FIRST_BACK_OFF_MS * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
      return Math.max(backOff, (error.retryAfterSeconds || 0) * 1000);
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) run();
    else if (hiddenMs === Infinity) clearTimeout(timer);
  });
  window.addEventListener("online", run);
  run();
  return run;
}
