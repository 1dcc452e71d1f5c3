// A page that a local server shows is drawn anew when a ledger has grown; what is shown stays.

async function renew() {
  const answer = await fetch(location.pathname, { cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  read.clear();
  await load(page);
  drawMenus();
  asked = "";
  refresh();
  openAsked();
  document.querySelector(".drawn").textContent = page.querySelector(".drawn").textContent;
}

function listen() {
  const source = new EventSource("events");
  source.addEventListener("changed", renew);
  source.addEventListener("open", () => document.body.classList.remove("gone"));
  source.addEventListener("error", () => document.body.classList.add("gone"));
}

if (document.body.classList.contains("live")) listen();
