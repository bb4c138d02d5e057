// The sample PDF of the first run, sent like any other file.

// `add` is called with the file.
export function sampleLink(add) {
  const link = document.getElementById("try-sample");
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      const response = await fetch(link.href);
      if (!response.ok) throw new Error(`status ${response.status}`);
      add([new File([await response.blob()], "sample.pdf", { type: "application/pdf" })]);
    } catch {
      location.assign(link.href); // then it is there to be looked at, and says why it is not
    }
  });
}
