// What pages do beyond HTML. Everything works without this file, only less conveniently.
"use strict";

(() => {
  const changed = new WeakSet();

  // Menus close on Escape, on a click outside and when focus leaves them.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!except || !menu.contains(except)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // A link to a page with one question opens it as a dialog; the page stays the single source of its text and form.
  const showDialog = async (link) => {
    const response = await fetch(link.href, { headers: { "X-Requested-With": "dialog" } });
    if (!response.ok || response.redirected) throw new Error("page");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = page.querySelector("[data-dialog-body]");
    if (!part) throw new Error("part");
    const dialog = document.createElement("dialog");
    const heading = part.querySelector("h1");
    if (heading) {
      heading.id ||= "dialog-titel";
      dialog.setAttribute("aria-labelledby", heading.id);
      heading.tabIndex = -1;
      heading.autofocus = true; // not the first button: it may be the one that deletes
    }
    dialog.append(document.adoptNode(part));
    for (const form of dialog.querySelectorAll("form")) {
      if (!form.getAttribute("action")) form.action = link.href;
    }
    for (const cancel of dialog.querySelectorAll("[data-dialog-close]")) {
      cancel.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.close();
      });
    }
    dialog.addEventListener("close", () => {
      dialog.remove();
      link.focus();
    });
    document.body.append(dialog);
    prepare(dialog);
    dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    showDialog(link).catch(() => {
      window.location.assign(link.href);
    });
  });

  // Text of an element as people would write it down: "Label: value" for lists of definitions.
  const textOf = (element) => {
    if ("value" in element) return element.value;
    if (element.tagName !== "DL") return element.innerText.trim();
    return [...element.querySelectorAll("dt")]
      .map((term) => `${term.innerText.trim()}: ${term.nextElementSibling.innerText.trim()}`)
      .join("\n");
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const source = button && document.getElementById(button.dataset.copy);
    if (!source) return;
    await navigator.clipboard.writeText(textOf(source));
    const label = button.textContent;
    button.textContent = button.dataset.done;
    window.setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });

  // How many characters are left, told once it gets close.
  const count = (area) => {
    const line = document.createElement("p");
    line.className = "remaining";
    line.setAttribute("aria-live", "polite");
    area.after(line);
    // With data-limit instead of maxlength nothing is cut off what people paste; the server says what is too long.
    const limit = Number(area.dataset.limit || area.maxLength);
    const show = () => {
      const left = limit - area.value.length;
      line.hidden = left > Math.max(100, limit * 0.2);
      line.textContent = line.hidden ? "" : document.body.dataset[left < 0 ? "over" : "left"].replace("#", Math.abs(left));
    };
    area.addEventListener("input", show);
    show();
  };

  // Dates typed as 1.3.88, 01031988 or 1 3 1988 become 01.03.1988; anything else is left for the server to judge.
  const tidyDate = (field) => {
    const text = field.value.trim();
    const parts = text.match(/^(\d{1,2})[.\s/-]+(\d{1,2})[.\s/-]+(\d{4})$/) || text.match(/^(\d{2})(\d{2})(\d{4})$/);
    if (parts) field.value = `${parts[1].padStart(2, "0")}.${parts[2].padStart(2, "0")}.${parts[3]}`;
  };

  // The file that was chosen, in place of the browser's own words.
  const nameFile = (field) => {
    const place = field.parentElement.querySelector("[data-file-name]");
    const none = place.textContent;
    const show = () => {
      place.textContent = [...field.files].map((file) => file.name).join(", ") || none;
    };
    field.addEventListener("change", show);
    show();
  };

  const prepare = (root) => {
    root.querySelectorAll("[data-copy]").forEach((button) => {
      button.hidden = !navigator.clipboard;
    });
    root.querySelectorAll("textarea[maxlength], textarea[data-limit]").forEach(count);
    root.querySelectorAll("input[data-date]").forEach((field) => {
      field.addEventListener("change", () => tidyDate(field));
    });
    root.querySelectorAll(".file input[type=file]").forEach(nameFile);
    root.querySelectorAll("form[data-guard]").forEach((form) => {
      form.addEventListener("input", () => changed.add(form));
      form.addEventListener("autosaved", () => changed.delete(form));
      form.addEventListener("submit", () => changed.delete(form));
    });
  };

  // Leaving a page with unsaved input asks first.
  window.addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("form[data-guard]")].some((form) => changed.has(form))) event.preventDefault();
  });

  // A button pressed twice sends once; coming back by the history makes the form usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    window.setTimeout(() => delete form.dataset.sent, 10000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // Words that a meeting page keeps on this device (paper.js): never longer than a week, a day once they cannot be saved
  // any more, and not a moment beside somebody else who logs in.
  const DAY = 24 * 60 * 60 * 1000;
  const clearKept = () => {
    const user = document.body.dataset.user;
    for (const key of Object.keys(window.localStorage)) {
      if (!key.startsWith("iiz-paper:")) continue;
      const { at = 0, stopped = 0 } = JSON.parse(window.localStorage.getItem(key)) || {};
      const foreign = user && key.split(":")[1] !== user;
      if (foreign || Date.now() - at > 7 * DAY || (stopped && Date.now() - stopped > DAY)) window.localStorage.removeItem(key);
    }
  };
  try {
    clearKept();
  } catch {
    // A browser that keeps nothing has nothing to clear.
  }

  prepare(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) prepare(event.target);
  });
  // An answer that arrives while somebody types in the part it would replace is dropped: what is typed is newer, and
  // the field asks again once it is left.
  const typed = new WeakMap();
  document.addEventListener("input", (event) => typed.set(event.target, performance.now()));
  document.addEventListener("htmx:beforeSend", (event) => {
    event.detail.xhr.sentAt = performance.now();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const besides = event.detail.requestConfig?.elt.getAttribute("hx-select-oob");
    const parts = [event.detail.target, ...(besides ? document.querySelectorAll(besides) : [])];
    const fields = parts.flatMap((part) => [...part.querySelectorAll("input, select, textarea")]);
    if (fields.some((field) => typed.get(field) > event.detail.xhr.sentAt)) event.detail.shouldSwap = false;
  });
  // A button that is gone after its answer says where the keyboard goes on.
  document.addEventListener("htmx:afterSettle", (event) => {
    const next = document.getElementById(event.detail.requestConfig?.elt.dataset.focusAfter || "");
    if (next) next.focus();
  });
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
