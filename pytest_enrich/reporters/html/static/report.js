"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const articles = all("article");

  // Tick boxes are for the script alone: a page cannot change the repository.
  function addBoxes(article) {
    const line = make("p", { className: "choice" });
    article.append(line);
    return ["accept", "reject"].map((verb) => {
      const label = make("label", {}), box = make("input", { type: "checkbox", value: article.id, autocomplete: "off" });
      box.dataset.verb = verb;
      label.append(box, ` ${verb} `, make("span", { className: "vh", textContent: article.id }));
      line.append(label);
      return box;
    });
  }
  const boxes = articles.filter((one) => !("stale" in one.dataset || one.classList.contains("bug"))).flatMap(addBoxes);
  const rows = all("#table tbody tr");
  const order = ["strong", "good", "weak", "ungraded"];
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let place = "";

  // Where the reader is and what was ticked live in the address, so that they survive a reload and can be sent.
  const ticked = (verb) => boxes.filter((box) => box.checked && box.dataset.verb === verb).map((box) => box.value);
  const save = (how) => {
    const ticks = ["accept", "reject"].map((verb) => [verb, ticked(verb)]).filter(([, ids]) => ids.length);
    const address = "#" + [place, ...ticks.map(([verb, ids]) => `${verb}=${ids.join(",")}`)].filter(Boolean).join("&");
    try { history[how || "replaceState"](null, "", address); } catch (error) { location.replace(address); }
  };
  const show = () => {
    const accept = ticked("accept"), reject = ticked("reject");
    const lines = [];
    if (accept.length) lines.push(`pytest-enrich accept ${accept.join(" ")}`);
    if (reject.length) lines.push(`pytest-enrich reject ${reject.join(" ")} --reason wrong`);
    byId("commands").textContent = lines.join("\n");
    byId("reasons").hidden = !reject.length;
    byId("chosen").hidden = !lines.length;
  };
  const load = (event) => {
    const parts = location.hash.slice(1).split("&");
    place = parts[0].includes("=") ? "" : parts.shift();
    const wanted = new Set();
    for (const [verb, ids] of parts.map((part) => part.split("="))) {
      for (const id of (ids || "").split(",")) wanted.add(`${verb} ${id}`);
    }
    for (const box of boxes) box.checked = wanted.has(`${box.dataset.verb} ${box.value}`);
    show();
    const found = place && byId(place);
    if (found && !event && location.hash.includes("&")) found.scrollIntoView();
  };
  const go = (found, how) => {
    place = found.id;
    found.focus({ preventScroll: true });
    found.scrollIntoView({ behavior: reduced ? "auto" : "smooth", block: "start" });
    save(how);
  };

  const filter = () => {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
      const article = byId(row.querySelector("a").hash.slice(1));
      if (article) article.hidden = row.hidden;
    }
    for (const section of all(".function")) section.hidden = !all("article", section).some((one) => !one.hidden);
    byId("count").textContent = `${shown} of ${rows.length} shown`;
  };

  const value = (row, column) => {
    const text = row.cells[column].textContent;
    if (column === 0) return order.indexOf(text.split(",")[0]);
    const number = /\d+/.exec(text);
    return column > 3 ? Number(number ? number[0] : 0) : text.toLowerCase();
  };
  const sort = (head, column) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of all("#table th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => value(row, column);
    const sorted = rows.slice().sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
    head.closest("table").tBodies[0].append(...(up ? sorted : sorted.reverse()));
  };

  const copy = async (button, source) => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch (error) {
      getSelection().selectAllChildren(source);
    }
  };
  const addCopy = (source) => {
    const button = make("button", { type: "button", className: "copy", textContent: "Copy" });
    if (source.id !== "commands") button.setAttribute("aria-label", `Copy ${source.textContent}`);
    button.addEventListener("click", () => copy(button, source));
    // A button of its own line follows a block, one of the same line a command.
    if (source.id === "commands") source.after(button);
    else { const line = make("span", {}); source.replaceWith(line); line.append(source, button); }
  };

  const step = (by) => {
    const open = articles.filter((one) => !one.hidden);
    const now = open.indexOf((document.activeElement || document.body).closest("article"));
    const next = open[now < 0 ? (by > 0 ? 0 : open.length - 1) : now + by];
    if (next) go(next);
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    "/": () => byId("filter").focus(),
    "?": () => byId("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=search]");
    if (typing && event.key === "Escape") event.target.blur();
    if (typing || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key] || byId("help").open) return;
    event.preventDefault();
    keys[event.key]();
  });

  all("#table th").forEach((head, column) => {
    const button = make("button", { type: "button", textContent: head.textContent });
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(head, column));
  });
  for (const link of all("#table a")) {
    link.addEventListener("click", (event) => {
      const found = byId(link.hash.slice(1));
      if (found) { event.preventDefault(); go(found, "pushState"); }
    });
  }
  for (const box of boxes) {
    box.addEventListener("change", () => {
      for (const other of all("input", box.closest(".choice"))) if (other !== box) other.checked = false;
      show();
      save();
    });
  }
  all(".command, #commands").forEach(addCopy);
  byId("close").addEventListener("click", () => byId("help").close());
  if (byId("tools")) {
    byId("tools").hidden = false;
    byId("filter").addEventListener("input", filter);
    byId("keys").addEventListener("click", keys["?"]);
    byId("open").addEventListener("click", () => { for (const one of all("details")) one.open = true; });
    filter();
  } else {
    keys["/"] = () => undefined;
  }
  let closed = [];
  addEventListener("beforeprint", () => { closed = all("details:not([open])"); for (const one of closed) one.open = true; });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
  addEventListener("hashchange", load);
  load();
})();
