// Saves drafts while people type: <form method="post" data-autosave="ADDRESS">. The address answers JSON:
// {"saved": "14:32", "fields": {"version": "3"}, "url": "/…/"} – values for hidden fields and, for a draft that has just
// been created, its own page; "parts" maps ids of elements to what stands in them now, written by the server, "shown" ids to whether they are
// shown. 409 means that somebody else changed the draft. Without this file the save button does it.
"use strict";

(() => {
  const PAUSE = 1500;
  const RETRY = 15000;

  const start = (form) => {
    const line = document.querySelector("[data-autosave-status]");
    let timer = 0;
    let running = false;
    let again = false;
    let stopped = false;
    let submitting = false;

    const say = (kind, more = "") => {
      if (!line) return;
      line.textContent = `${line.dataset[kind]} ${more}`.trim();
      line.classList.toggle("failed", ["failed", "login", "conflict"].includes(kind));
    };

    const later = (pause) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, pause);
    };

    const taken = (answer) => {
      for (const [name, value] of Object.entries(answer.fields || {})) {
        const field = form.elements.namedItem(name);
        if (field) field.value = value;
      }
      for (const [id, html] of Object.entries(answer.parts || {})) {
        const part = document.getElementById(id);
        if (part) part.innerHTML = html;
      }
      for (const [id, shown] of Object.entries(answer.shown || {})) {
        const part = document.getElementById(id);
        if (part) part.hidden = !shown;
      }
      if (answer.url) {
        window.history.replaceState(null, "", answer.url);
        form.action = answer.url;
      }
      if (answer.autosave) form.dataset.autosave = answer.autosave;
      say("saved", answer.saved);
      if (!again) form.dispatchEvent(new Event("autosaved"));
    };

    async function save() {
      if (stopped || submitting) return;
      if (running) {
        again = true;
        return;
      }
      running = true;
      again = false;
      const data = new FormData(form);
      for (const [name, value] of [...data.entries()]) {
        if (value instanceof File) data.delete(name);
      }
      say("saving");
      try {
        const response = await fetch(form.dataset.autosave, {
          method: "POST",
          body: data,
          headers: { Accept: "application/json", "X-Requested-With": "autosave" },
        });
        if (response.status === 409) {
          stopped = true;
          say("conflict");
        } else if (response.redirected || response.status === 401 || response.status === 403) {
          say("login");
          later(RETRY);
        } else if (!response.ok) {
          throw new Error(String(response.status));
        } else {
          taken(await response.json());
        }
      } catch {
        say("failed");
        later(RETRY);
      }
      running = false;
      if (again) later(PAUSE);
    }

    form.addEventListener("input", () => {
      if (stopped) return;
      again = running;
      say("unsaved");
      later(PAUSE);
    });
    form.addEventListener("submit", () => {
      submitting = true;
      window.clearTimeout(timer);
    });
    window.addEventListener("pageshow", () => {
      submitting = false;
    });
    window.addEventListener("online", () => {
      if (line && line.classList.contains("failed")) later(0);
    });
  };

  document.querySelectorAll("form[data-autosave]").forEach(start);
})();
