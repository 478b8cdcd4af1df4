// The meeting page: saves each field a second after the typing pauses, shows what others write, keeps on the device what
// the server does not have yet. Words and addresses come from the page. Without this file the page is one form.
//
// Of each field two texts are known: "base", what the server had when this page last agreed with it, and what stands in
// the field. What differs is sent as {name, was: base, now}; the server joins it with what others wrote meanwhile.
"use strict";

(() => {
  const form = document.querySelector("form[data-paper]");
  if (!form) return;
  document.documentElement.classList.add("with-script");

  const PAUSE = 1000;
  const POLL = 3000;
  const SLOW = 15000;
  const CALM = 5 * 60 * 1000;
  const KEPT = `iiz-paper:${form.dataset.user}:${form.dataset.case}`;
  const words = document.querySelector("[data-words-of-page]").dataset;
  const state = document.querySelector("[data-state]");
  const told = document.querySelector("[data-told]");
  const find = (name, root = document) => root.querySelector(name);
  const say = (text, ...values) => values.reduce((one, value, place) => one.replaceAll(`#${place + 1}`, value), text);

  const fields = new Map(); // name → {input, base, shown, clash, waiting, problem}
  const writers = new Map(); // who → when
  let revision = Number(form.dataset.revision);
  let token = form.elements.namedItem("csrfmiddlewaretoken").value;
  let saving = false;
  let trouble = ""; // offline, failed, out
  let closed = "";
  let savedAt = "";
  let timer = 0;
  let poller = 0;
  let active = Date.now();
  let stored = true;

  // Fields -----------------------------------------------------------------------------------------------------------

  const get = (input) => {
    if (input.type === "checkbox") return input.checked ? input.value : input.dataset.no || "";
    return input.value.replace(/\r\n?/g, "\n");
  };
  const put = (input, text) => {
    if (input.type === "checkbox") input.checked = text === input.value;
    else if (input.tagName === "SELECT" && text && ![...input.options].some((one) => one.value === text)) {
      input.add(new Option(text, text));
      input.value = text;
    } else input.value = text;
  };
  const changed = (field) => get(field.input) !== field.shown;
  const cell = (field) => field.input.closest("[data-cell]") || field.input.closest("[data-row]");
  const tooLong = (field) => get(field.input).length > Number(field.input.dataset.limit || 5000);
  const title = (field) => {
    const label = field.input.labels && field.input.labels[0];
    const about = field.input.dataset.about;
    const area = field.input.closest("details.area");
    const where = about || (area ? find("summary b", area).textContent : "");
    return [where, label ? label.textContent.trim() : ""].filter(Boolean).join(", ");
  };
  const learn = (root) => {
    for (const input of root.querySelectorAll("[data-field]")) {
      if (fields.has(input.name)) continue;
      const tick = input.type === "checkbox";
      const shown = get(input);
      const base = input.dataset.was ?? (tick && !input.checked ? "" : shown);
      // A tick that is only proposed is not typed: it is sent once somebody sets it.
      fields.set(input.name, { input, base, shown: tick ? shown : base, clash: null, waiting: null });
    }
  };
  const agreed = (field, text) => {
    field.base = text;
    field.shown = get(field.input);
  };

  // What the server does not have yet stays on the device -------------------------------------------------------------

  const unsaved = () => [...fields].filter(([, field]) => changed(field));
  const keep = () => {
    const rows = unsaved();
    try {
      if (!rows.length) {
        if (closed) return;
        window.localStorage.removeItem(KEPT);
        return;
      }
      const texts = Object.fromEntries(rows.map(([name, field]) => [name, { was: field.base, now: get(field.input) }]));
      window.localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), stopped: closed ? Date.now() : 0, texts }));
      stored = true;
    } catch {
      stored = false;
    }
  };
  const bringBack = () => {
    let kept = null;
    try {
      kept = JSON.parse(window.localStorage.getItem(KEPT) || "null");
    } catch {
      kept = null;
    }
    if (!kept) return;
    const back = [];
    const lost = [];
    if (closed && !kept.stopped) window.localStorage.setItem(KEPT, JSON.stringify({ ...kept, stopped: Date.now() }));
    for (const [name, { was, now }] of Object.entries(kept.texts)) {
      const field = fields.get(name);
      if (field && now === field.base) continue;
      if (!field || closed) {
        lost.push([field ? title(field) : name, now]);
        continue;
      }
      field.base = was;
      field.shown = null;
      put(field.input, now);
      back.push(title(field));
    }
    if (lost.length) showLost(lost);
    if (!back.length) return;
    const box = find("[data-restored]");
    box.hidden = false;
    find("p", box).textContent = `${words.restored} ${back.join("; ")}`;
  };

  // What the page says -------------------------------------------------------------------------------------------------

  const atFirst = state.textContent;
  const begun = Date.now();
  let last = "";
  const show = () => {
    const waits = unsaved();
    const stuck = waits.find(([, field]) => field.clash || tooLong(field));
    let kind = "saved";
    if (closed) kind = "readonly";
    else if (trouble) kind = waits.length || trouble === "out" ? trouble : "offline";
    else if (stuck) kind = "waiting";
    else if (waits.length) kind = "unsaved";
    if (trouble === "offline" && !stored) kind = "nostore";
    state.textContent = kind === "saved" ? (savedAt ? `${words.saved} ${savedAt}` : atFirst) : words[kind];
    state.className = kind;
    const loud = ["offline", "failed", "nostore", "out", "waiting", "readonly"].includes(kind) ? kind : "saved";
    if (kind !== "unsaved" && loud !== last) {
      if (last) told.textContent = loud === "saved" ? words.back : words[kind];
      last = loud;
    }
    find("[data-login]").hidden = trouble !== "out" || Boolean(closed);
    const now = Date.now();
    const names = [...writers].filter(([, at]) => now - at < 120000).map(([who]) => who);
    if (writers.size || now - begun > 120000) find("[data-others]").textContent = names.length ? `${words.others} ${names.join(", ")}` : "";
  };
  const showLost = (rows) => {
    find("[data-lost]").hidden = false;
    find("[data-lost-words]").hidden = find("[data-lost-copy]").hidden = !rows.length;
    const list = document.getElementById("nicht-gespeichert");
    list.replaceChildren();
    for (const [label, text] of rows) {
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = label;
      value.textContent = text || words.empty;
      value.className = "keep";
      list.append(term, value);
    }
  };
  const close = (sentence) => {
    if (closed === sentence) return;
    closed = sentence;
    keep();
    find("[data-lost-why]").textContent = sentence;
    showLost(unsaved().map(([, field]) => [title(field), get(field.input)]));
    for (const { input } of fields.values()) {
      if (input.tagName === "SELECT" || input.type === "checkbox") input.disabled = true;
      else input.readOnly = true;
    }
    form.classList.add("closed");
    find("[data-lost]").scrollIntoView({ block: "center" });
    show();
  };
  const open = () => {
    if (!closed || form.dataset.closed) return;
    closed = "";
    find("[data-lost]").hidden = true;
    for (const { input } of fields.values()) input.disabled = input.readOnly = false;
    form.classList.remove("closed");
  };
  const mark = (field, text) => {
    const place = find("[data-mark]", cell(field));
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  };
  const problem = (field, text) => {
    const place = find("[data-problem]", cell(field));
    if (!place || field.input.type === "hidden") return;
    place.textContent = text;
    place.hidden = !text;
    if (field.input.type === "checkbox") return;
    if (text) field.input.setAttribute("aria-invalid", "true");
    else field.input.removeAttribute("aria-invalid");
  };
  const settleClash = (field, text) => {
    const { theirs, box } = field.clash;
    field.clash = null;
    box.remove();
    put(field.input, text);
    field.base = theirs;
    field.shown = text === theirs ? get(field.input) : null;
    field.input.focus();
    touched(field.input);
  };
  const clash = (field, theirs) => {
    if (field.clash) field.clash.box.remove();
    const box = find("template[data-clash]").content.firstElementChild.cloneNode(true);
    find("[data-clash-who]", box).textContent = say(words.clash, theirs.who, theirs.at);
    find("blockquote", box).textContent = readable(field, theirs.text);
    const both = find("[data-both]", box);
    both.hidden = field.input.tagName !== "TEXTAREA";
    both.addEventListener("click", () => settleClash(field, `${theirs.text}\n${get(field.input)}`));
    find("[data-mine]", box).addEventListener("click", () => settleClash(field, get(field.input)));
    find("[data-theirs]", box).addEventListener("click", () => settleClash(field, theirs.text));
    cell(field).append(box);
    mark(field, "");
    field.clash = { theirs: theirs.text, box };
  };
  const readable = (field, text) => {
    if (field.input.tagName === "SELECT") {
      const option = [...field.input.options].find((one) => one.value === text);
      return option ? option.text : text || words.empty;
    }
    return text || words.empty;
  };

  // Rows: folded lines, choices among rows, what is taken away ---------------------------------------------------------

  const line = (text) => (text.length > 80 ? `${text.slice(0, 79)}…` : text).replace(/\s+/g, " ");
  const chosen = (input) => (input && input.value ? input.options[input.selectedIndex].text : "");
  const value = (name) => (fields.has(name) ? get(fields.get(name).input) : "");
  const wordsOf = (name) => {
    const [part] = name.split(".");
    if (part === "income") return chosen(fields.get(`${name}.kind`)?.input);
    if (part === "sick") return value(`${name}.percent`) && `${value(`${name}.percent`)} %`;
    if ("healthHeld" in form.dataset && value(`${name}.health`)) return words.held;
    const first = line(value(`${name}.${part === "step" ? "what" : "text"}`));
    if (part !== "step") return first;
    const who = [chosen(fields.get(`${name}.owner`)?.input), value(`${name}.due`)].filter(Boolean).join(", ");
    return [first, who].filter(Boolean).join(" · ");
  };
  const rowsOf = (part) => [...document.querySelectorAll(`[data-part="${part}"] > [data-row]:not(.gone)`)].map((row) => row.dataset.row);
  const refresh = (row) => {
    const name = row.dataset.row;
    row.classList.toggle("gone", value(`${name}.gone`) === "1");
    for (const place of row.querySelectorAll("[data-words]")) place.textContent = wordsOf(name);
    const owner = value(`${name}.owner`);
    for (const group of row.querySelectorAll("optgroup[data-owner]")) group.hidden = group.disabled = group.dataset.owner !== owner;
    const offer = fields.get(`${name}.offer`);
    if (offer) offer.input.disabled = Boolean(closed) || !row.querySelector(`optgroup[data-owner="${CSS.escape(owner)}"]`);
    const despite = row.querySelector(".despite");
    if (despite) despite.hidden = find("[data-warnings]", row).hidden && !value(`${name}.despite`);
    count(row);
  };
  const count = (fold) => {
    const place = find("[data-count]", fold);
    if (!place) return;
    const hints = fold.querySelectorAll("[data-problem]:not([hidden]), [data-warnings]:not([hidden]) li, .clash").length;
    place.textContent = hints ? say(words.hints, hints) : "";
    place.hidden = !hints;
  };
  const refreshAreas = () => {
    for (const area of document.querySelectorAll("details.area")) {
      const texts = [...area.querySelectorAll("textarea")].map((one) => one.value.trim()).filter(Boolean);
      find("[data-words]", area).textContent = "held" in area.dataset ? "" : line(texts[0] || "");
      count(area);
    }
  };
  const choices = () => {
    for (const [what, part] of [["after", "step"], ["goal", "goal"]]) {
      const names = rowsOf(part);
      for (const row of document.querySelectorAll("[data-part=step] > [data-row]")) {
        const input = fields.get(`${row.dataset.row}.${what}`)?.input;
        if (!input || input === document.activeElement) continue;
        const kept = input.value;
        const wanted = names.filter((name) => name !== row.dataset.row);
        const lines = wanted.map((name) => [name.split(".")[1], `${name.split(".")[1]} · ${line(value(`${name}.${part === "step" ? "what" : "text"}`))}`]);
        if (kept && !lines.some(([key]) => key === kept)) lines.push([kept, input.options[input.selectedIndex]?.text || kept]);
        const now = [...input.options].slice(1).map((one) => [one.value, one.text]);
        if (JSON.stringify(now) === JSON.stringify(lines)) continue;
        input.replaceChildren(new Option("–", ""), ...lines.map(([key, text]) => new Option(text, key)));
        input.value = kept;
      }
    }
  };
  const refreshAll = () => {
    document.querySelectorAll("[data-row]").forEach(refresh);
    refreshAreas();
    choices();
  };
  const insert = (name, html) => {
    if (document.querySelector(`[data-row="${name}"]`)) return;
    const place = document.querySelector(`[data-part="${name.split(".")[0]}"]`);
    if (!place) return;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const row = holder.content.querySelector("[data-row]");
    const key = Number(name.split(".")[1]);
    const after = [...place.children].find((one) => Number(one.dataset.row.split(".")[1]) > key);
    place.insertBefore(row, after || null);
    learn(row);
    row.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    refresh(row);
  };

  // Talking to the server ----------------------------------------------------------------------------------------------

  const hear = (answer) => {
    trouble = "";
    token = answer.token || token;
    if (answer.user && String(answer.user) !== form.dataset.user) {
      close(words.other);
      return false;
    }
    open();
    for (const [name, html] of Object.entries(answer.rows || {})) insert(name, html);
    for (const row of answer.news || []) {
      const field = fields.get(row.name);
      if (!row.mine) writers.set(row.who, Date.now());
      if (!field || field.base === row.text) continue;
      active = Date.now();
      const who = row.mine ? words.self : row.who;
      if (changed(field)) {
        if (field.clash) clash(field, { text: row.text, who, at: row.at });
        else mark(field, `${who}, ${row.at}`); // the next save joins the two, or says that they clash
      } else if (field.input === document.activeElement && field.input.type !== "checkbox") {
        field.waiting = row;
        mark(field, `${who}, ${row.at}`);
      } else take(field, row, who);
    }
    if (answer.problems) {
      for (const [name, field] of fields) problem(field, tooLong(field) ? words.long : answer.problems[name] || "");
      for (const row of document.querySelectorAll("[data-part=step] > [data-row]")) {
        const list = find("[data-warnings]", row);
        const lines = answer.warnings[row.dataset.row] || [];
        list.replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
        list.hidden = !lines.length;
      }
      for (const [id, html] of Object.entries(answer.parts)) document.getElementById(id).innerHTML = html;
      for (const name of answer.earlier) {
        const field = fields.get(name);
        const place = field && find(".cell-earlier", cell(field));
        if (place) place.hidden = false;
      }
      refreshAll();
    }
    revision = Math.max(revision, answer.revision || 0);
    return true;
  };
  const take = (field, row, who) => {
    put(field.input, row.text);
    agreed(field, row.text);
    field.waiting = null;
    mark(field, `${who}, ${row.at}`);
  };

  const send = async (address, data, more = {}) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, acting: form.elements.namedItem("acting")?.value || "", since: revision, ...data });
    const response = await fetch(address, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { Accept: "application/json", "X-Requested-With": "autosave" },
      ...more,
    });
    return judge(response);
  };
  const judge = async (response) => {
    const json = (response.headers.get("content-type") || "").includes("application/json");
    if (response.type === "opaqueredirect" || response.status === 401 || (response.status === 403 && !json)) {
      trouble = "out";
      return null;
    }
    if (response.status === 404) {
      trouble = "";
      close(words.gone);
      return null;
    }
    if (!json) throw new Error(String(response.status));
    const answer = await response.json();
    if (answer.closed) {
      trouble = "";
      close(answer.closed);
      return null;
    }
    if (!response.ok) throw new Error(String(response.status));
    return answer;
  };
  const failed = () => {
    trouble = navigator.onLine ? "failed" : "offline";
  };
  const toSend = () => unsaved().filter(([, field]) => !field.clash && !tooLong(field)).map(([name, field]) => ({ name, was: field.base, now: get(field.input) }));

  async function save() {
    window.clearTimeout(timer);
    const changes = toSend();
    if (saving || closed || !changes.length) {
      show();
      return;
    }
    saving = true;
    try {
      const answer = await send(form.getAttribute("action") || window.location.pathname, { changes: JSON.stringify(changes) });
      if (answer) taken(changes, answer);
    } catch {
      failed();
    }
    saving = false;
    keep();
    show();
    if (toSend().length && !closed) later(trouble ? 5000 : PAUSE);
  }
  const taken = (changes, answer) => {
    for (const { name, now } of changes) {
      const field = fields.get(name);
      if (answer.refused && answer.refused[name]) continue;
      if (answer.conflicts && answer.conflicts[name]) {
        clash(field, answer.conflicts[name]);
        continue;
      }
      const joined = answer.joined && answer.joined[name];
      const still = get(field.input) === now;
      if (joined !== undefined && still) put(field.input, joined);
      field.base = joined !== undefined && still ? joined : now;
      // Typed on since: the next save says what was sent here, and is joined with what others wrote.
      field.shown = still ? get(field.input) : now;
    }
    savedAt = answer.saved;
    hear(answer);
  };
  const later = (pause) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  };

  const ask = async () => {
    window.clearTimeout(poller);
    try {
      const response = await fetch(`${form.dataset.news}?since=${revision}`, {
        redirect: "manual",
        headers: { Accept: "application/json", "X-Requested-With": "autosave" },
      });
      const answer = await judge(response);
      if (answer && hear(answer) && toSend().length) later(0);
    } catch {
      failed();
    }
    show();
    poll();
  };
  const poll = () => {
    window.clearTimeout(poller);
    if (document.hidden || form.dataset.closed) return;
    poller = window.setTimeout(ask, !trouble && (closed || Date.now() - active > CALM) ? SLOW : POLL);
  };

  // What people do -----------------------------------------------------------------------------------------------------

  const touched = (input) => {
    const field = fields.get(input.name);
    if (!field || closed) return;
    active = Date.now();
    if (tooLong(field)) problem(field, words.long);
    keep();
    show();
    later(PAUSE);
  };
  form.addEventListener("input", (event) => {
    if (fields.has(event.target.name)) mark(fields.get(event.target.name), "");
    touched(event.target);
  });
  form.addEventListener("change", (event) => {
    touched(event.target);
    const row = event.target.closest("[data-row]");
    if (row) refresh(row);
    choices();
  });
  form.addEventListener("focusout", (event) => {
    const field = fields.get(event.target.name);
    if (!field) return;
    if (field.waiting && !changed(field)) take(field, field.waiting, field.waiting.mine ? words.self : field.waiting.who);
    field.waiting = null;
    if (changed(field)) later(0);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
  });
  const set = (input, text) => {
    put(input, text);
    touched(input);
    later(0);
  };
  const addRow = async (data) => {
    await save();
    try {
      const answer = await send(form.dataset.rows, data);
      if (!answer || !hear(answer)) return;
      const row = document.getElementById((answer.added || "").replace(".", "-"));
      const first = row && row.querySelector(".row-body [data-field]");
      if (first) first.focus();
      if (data.take) {
        find(`[data-take="${data.part}"]`)?.remove();
        find(`[data-offered="${data.part}"]`)?.remove();
      }
    } catch {
      failed();
      told.textContent = words.norows;
      show();
      state.textContent = words.norows;
    }
  };
  const quote = (button) => {
    const field = fields.get(button.dataset.said);
    if (!field) return;
    const text = get(field.input);
    if (!text.includes(button.dataset.text)) set(field.input, `${text}\n${button.dataset.quoted}`.trim());
    button.textContent = words.taken;
    button.disabled = true;
    field.input.focus();
  };
  const showEarlier = async (link) => {
    const response = await fetch(link.href, { headers: { "X-Requested-With": "dialog" } });
    if (!response.ok || response.redirected) throw new Error("page");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = page.getElementById("frueher");
    document.getElementById("frueher")?.remove();
    link.closest("[data-cell]").append(document.adoptNode(part));
    part.focus();
  };
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-earlier]");
    if (link) {
      event.preventDefault();
      showEarlier(link).catch(failed);
      return;
    }
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    event.preventDefault();
    if (closed) return;
    const row = button.closest("[data-row]");
    if (button.dataset.add) addRow({ part: button.dataset.add });
    else if (button.dataset.take) addRow({ part: button.dataset.take, take: "1", alles: form.elements.namedItem("alles").value });
    else if (button.dataset.said) quote(button);
    else if (button.hasAttribute("data-remove") || button.hasAttribute("data-back")) {
      set(find("[data-gone]", row), button.hasAttribute("data-remove") ? "1" : "");
      refresh(row);
      choices();
      find(button.hasAttribute("data-remove") ? "[data-back]" : "[data-remove]", row).focus();
    } else save();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });

  // Leaving, coming back -----------------------------------------------------------------------------------------------

  window.addEventListener("pagehide", () => {
    const changes = toSend();
    keep();
    if (!changes.length || closed) return;
    send(window.location.pathname, { changes: JSON.stringify(changes) }, { keepalive: true }).catch(() => {});
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) ask();
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved().length && !stored) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
    else ask();
  });
  window.addEventListener("online", ask);
  window.addEventListener("offline", () => {
    failed();
    show();
  });

  // Which sections stand open, for as long as the window does.
  const FOLDS = `iiz-folds:${form.dataset.case}`;
  const folds = JSON.parse(window.sessionStorage.getItem(FOLDS) || "{}");
  for (const fold of document.querySelectorAll("details[data-keep]")) {
    if (fold.dataset.keep in folds) fold.open = folds[fold.dataset.keep];
  }
  document.addEventListener(
    "toggle",
    (event) => {
      const name = event.target.dataset.keep;
      if (!name) return;
      folds[name] = event.target.open;
      window.sessionStorage.setItem(FOLDS, JSON.stringify(folds));
    },
    true,
  );

  // The part that is on the screen is marked in the list of contents.
  const links = new Map([...document.querySelectorAll("[data-nav] a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  for (const id of links.keys()) seen.observe(document.getElementById(id));

  learn(form);
  closed = form.dataset.closed || "";
  bringBack();
  refreshAll();
  if (toSend().length) later(0);
  keep();
  show();
  poll();
})();
