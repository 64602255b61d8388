// The browser of answers. Texts of the data become text nodes, never markup; only the lines in sight are in the page.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("answers").textContent);
  const root = document.getElementById("errors");
  const lineHeight = 34, margin = 8;
  const [ROW, RUN, CONDITION, NOISE, INSTRUCTION, SAID, CUT, ITEMS] = [0, 1, 2, 3, 4, 5, 6, 7];
  const RAW = data.conditions.indexOf("raw");

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) if (value !== null && value !== undefined) element.setAttribute(key, value);
    element.append(...children.filter(child => child !== null));
    return element;
  };
  const items = answer => answer.slice(ITEMS);
  const labelOf = number => number < 0 ? "" : data.labels[number];
  const spans = (label, first, second) =>
    label < 0 ? "–" : `${labelOf(label)}${first || second ? ": " : ""}${[first, second].filter(Boolean).join(", ")}`;

  // The answer of a run to a row with its raw instruction, to hold noisy ones against.
  const raw = new Map();
  for (const answer of data.answers) if (answer[CONDITION] === RAW) raw.set(`${answer[RUN]} ${answer[ROW]}`, answer);

  // Filters: what they are called, what there is to choose, and whether an answer fits the choice.
  const errorKinds = data.kinds.map((name, number) => [name, number]).slice(1);
  const named = names => names.map((name, number) => [name, number]);
  const filters = [
    { name: "Run", options: named(data.runs), fits: (answer, run) => answer[RUN] === run },
    { name: "Task", options: named(data.tasks), fits: (answer, task) => data.rows[answer[ROW]][1] === task },
    { name: "Instruction", options: named(data.noises), fits: (answer, noise) => answer[NOISE] === noise },
    { name: "Error", options: errorKinds, of: (item, kind) => item[0] === kind },
    { name: "Label", options: named(data.labels).sort((a, b) => a[0] < b[0] ? -1 : 1), of: (item, label) => item[1] === label || item[4] === label },
  ].filter(filter => filter.options.length > 1 || filter.name === "Error");

  const form = make("form", { "aria-label": "Filters" });
  for (const filter of filters) {
    filter.select = make("select", {}, make("option", { value: "" }, "all"),
      ...filter.options.map(([name, number]) => make("option", { value: number }, name === "" ? "(empty)" : name)));
    form.append(make("label", {}, filter.name, filter.select));
  }
  const search = make("input", { type: "search", placeholder: "text, id or answer" });
  form.append(make("label", {}, "Search", search));
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", () => choose());
  const count = make("p", { class: "count", role: "status" });
  const space = make("div", {});
  const list = make("div", { class: "list", role: "listbox", tabindex: "0", "aria-label": "Wrong answers" }, space);
  const detail = make("div", { "aria-live": "polite", id: "answer" });
  root.replaceChildren(form, count, list, make("p", { class: "note" }, "Arrow keys, Page Up and Down, Home and End walk through the list."), detail);

  let chosen = [], at = 0;

  // One item has to fit both label and kind of error.
  function choose() {
    const wanted = filters.filter(filter => filter.select.value !== "").map(filter => [filter, Number(filter.select.value)]);
    const [ofAnswers, ofItems] = [wanted.filter(([filter]) => filter.fits), wanted.filter(([filter]) => filter.of)];
    const words = search.value.trim().toLowerCase();
    chosen = data.answers.filter(answer => ofAnswers.every(([filter, value]) => filter.fits(answer, value))
      && items(answer).some(item => item[0] > 0 && ofItems.every(([filter, value]) => filter.of(item, value)))
      && (words === "" || [data.rows[answer[ROW]][0], data.rows[answer[ROW]][2], answer[SAID], answer[INSTRUCTION]]
        .some(text => text !== null && text.toLowerCase().includes(words))));
    const wrong = data.answers.filter(answer => items(answer).some(item => item[0] > 0)).length;
    count.textContent = `${chosen.length.toLocaleString("en")} of ${wrong.toLocaleString("en")} wrong answers`;
    space.style.height = `${chosen.length * lineHeight}px`;
    list.scrollTop = 0;
    go(0);
  }

  function kindsOf(answer) {
    const counts = new Map();
    for (const [kind] of items(answer)) if (kind > 0) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return [...counts].map(([kind, times]) => data.kinds[kind] + (times > 1 ? ` ×${times}` : "")).join(", ");
  }

  function draw() {
    const first = Math.max(0, Math.floor(list.scrollTop / lineHeight) - margin);
    const last = Math.min(chosen.length, Math.ceil((list.scrollTop + list.clientHeight) / lineHeight) + margin);
    const lines = [];
    for (let i = first; i < last; i++) {
      const answer = chosen[i], row = data.rows[answer[ROW]];
      const line = make("div", { class: "line", role: "option", id: `line${i}`, "aria-selected": String(i === at), "aria-setsize": chosen.length,
        "aria-posinset": i + 1 }, make("span", { class: "kind" }, kindsOf(answer)), make("span", {}, data.conditions[answer[CONDITION]]),
        make("span", {}, row[0]), make("span", {}, row[2] ?? answer[INSTRUCTION]));
      line.style.top = `${i * lineHeight}px`;
      line.addEventListener("mousedown", event => { event.preventDefault(); list.focus({ preventScroll: true }); go(i); });
      lines.push(line);
    }
    space.replaceChildren(...lines);
    if (chosen.length > 0) list.setAttribute("aria-activedescendant", `line${at}`);
    else list.removeAttribute("aria-activedescendant");
  }

  function go(to) {
    at = Math.max(0, Math.min(to, chosen.length - 1));
    const top = at * lineHeight, bottom = top + lineHeight;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
    draw();
    show(chosen[at]);
  }

  list.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(list);
  list.addEventListener("keydown", event => {
    const page = Math.max(1, Math.floor(list.clientHeight / lineHeight) - 1);
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, PageDown: at + page, PageUp: at - page, Home: 0,
      End: chosen.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(to);
  });

  // Where a span stands, white space of any kind taken as equal; whole words first, places that are taken last.
  function find(text, span, taken) {
    if (!text || !span) return null;
    const pattern = new RegExp(span.trim().split(/\s+/).map(word => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+"), "gu");
    const edge = i => i <= 0 || i >= text.length || !(/[\p{L}\p{N}]/u.test(text[i - 1]) && /[\p{L}\p{N}]/u.test(text[i]));
    let best = null;
    for (const match of text.matchAll(pattern)) {
      const place = { from: match.index, to: match.index + match[0].length };
      place.worth = (edge(place.from) && edge(place.to) ? 2 : 0) + (taken.has(place.from) ? 0 : 1);
      if (best === null || place.worth > best.worth) best = place;
    }
    if (best !== null) taken.add(best.from);
    return best;
  }

  function places(text, answer, label, taken) {
    return items(answer).flatMap(item => {
      const [number, first, second] = item[0] === 0 ? item.slice(1, 4) : item.slice(label, label + 3);
      return number < 0 ? [] : [first, second].filter(Boolean).map(span => [find(text, span, taken), labelOf(number)])
        .filter(([place]) => place !== null).map(([place, name]) => ({ ...place, name }));
    });
  }

  // The text with gold and predicted spans marked; each ends with its label in small.
  function marked(text, answer) {
    const gold = places(text, answer, 1, new Set()), said = places(text, answer, 4, new Set());
    const cuts = [...new Set([0, text.length, ...[...gold, ...said].flatMap(place => [place.from, place.to])])].sort((a, b) => a - b);
    const line = make("p", { class: "text" });
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [from, to] = [cuts[i], cuts[i + 1]];
      const [g, s] = [gold, said].map(all => all.filter(place => place.from <= from && to <= place.to));
      const piece = text.slice(from, to);
      const off = g.length > 0 && s.length > 0 && !g.some(x => s.some(y => x.from === y.from && x.to === y.to && x.name === y.name));
      line.append(g.length + s.length === 0 ? piece
        : make("mark", { class: [g.length ? "gold" : "", s.length ? "said" : "", off ? "off" : ""].filter(Boolean).join(" ") }, piece));
      const [gEnds, sEnds] = [g, s].map(all => [...new Set(all.filter(place => place.to === to).map(place => place.name))].filter(Boolean));
      const both = gEnds.filter(name => sEnds.includes(name));
      const notes = [...both, ...gEnds.filter(name => !both.includes(name)).map(name => `gold ${name}`),
        ...sEnds.filter(name => !both.includes(name)).map(name => `predicted ${name}`)];
      if (notes.length > 0) line.append(make("sub", {}, notes.join(", ")));
    }
    return line;
  }

  function side(answer, title) {
    const text = data.rows[answer[ROW]][2];
    const table = make("tbody", {}, ...items(answer).map(item => make("tr", {},
      make("th", { scope: "row", class: item[0] > 0 ? "kind" : "right" }, data.kinds[item[0]]),
      make("td", {}, spans(item[1], item[2], item[3])),
      make("td", {}, item[0] === 0 ? spans(item[1], item[2], item[3]) : item[7] !== undefined ? `“${item[7]}”` : spans(item[4], item[5], item[6])))));
    return make("section", { class: "side", "aria-label": title }, make("h3", {}, title),
      make("p", { class: "note" }, answer[INSTRUCTION]), text ? marked(text, answer) : null,
      make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...["", "gold", "predicted"].map(name =>
        make("th", { scope: "col" }, name)))), table)),
      make("dl", {}, make("dt", {}, "answer"), make("dd", {}, make("code", {}, answer[SAID] === "" ? "(nothing)" : answer[SAID],
        answer[CUT] ? " … (cut off by the length limit)" : ""))));
  }

  function show(answer) {
    if (answer === undefined) {
      detail.replaceChildren(make("p", { class: "note" }, "No answer fits."));
      return;
    }
    const row = data.rows[answer[ROW]], clean = answer[CONDITION] === RAW ? null : raw.get(`${answer[RUN]} ${answer[ROW]}`);
    const key = make("p", { class: "note key" }, make("mark", { class: "gold" }, "gold"), make("mark", { class: "said" }, "predicted"),
      make("mark", { class: "gold said" }, "both"), make("mark", { class: "gold said off" }, "both, not alike"));
    detail.replaceChildren(make("h3", {}, `${row[0]} · ${data.tasks[row[1]]}${data.runs.length > 1 ? ` · ${data.runs[answer[RUN]]}` : ""}`), key,
      make("div", { class: "sides" }, clean ? side(clean, "raw instruction") : null,
        side(answer, answer[CONDITION] === RAW ? "raw instruction" : `${data.conditions[answer[CONDITION]]} instruction`)));
  }

  choose();
})();
