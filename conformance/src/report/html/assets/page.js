// Filters, keys and themes of the report. The state of the page is its fragment: controls write it, `show` reads it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // Theme: the system's unless somebody chose. Storage may be forbidden, then the choice lasts as long as the page.
  const THEMES = ["system", "light", "dark"];
  const remembered = () => {
    try { return localStorage.getItem("conformance-theme"); } catch { return null; }
  };
  const paint = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  let theme = THEMES.includes(remembered()) ? remembered() : "system";
  paint(theme);

  document.addEventListener("DOMContentLoaded", () => {
    const $ = (selector) => document.querySelector(selector);
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    const form = $("#filters");
    const views = all(".view");
    const FIELDS = ["q", "provider", "area", "level", "rule"];
    let current = views[0];

    const label = () => { $("#theme").textContent = "Theme: " + theme; };
    label();
    $("#theme").addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      paint(theme);
      label();
      try { localStorage.setItem("conformance-theme", theme); } catch { /* not remembered, then */ }
    });

    // A fragment is either the id of something on the page, or `view=..&status=..&q=..&open=ID`.
    const parse = () => {
      const text = location.hash.slice(1);
      const state = { view: "cases", status: [], open: "" };
      for (const field of FIELDS) state[field] = "";
      if (!text.includes("=")) {
        const id = safely(text);
        const target = id && document.getElementById(id);
        const view = target && target.closest(".view");
        if (view) state.view = view.id;
        if (target && target.matches(".inside")) state.open = id;
        return state;
      }
      const given = new URLSearchParams(text);
      for (const field of FIELDS) state[field] = given.get(field) || "";
      state.status = (given.get("status") || "").split(",").filter(Boolean);
      state.open = given.get("open") || "";
      if (views.some((view) => view.id === given.get("view"))) state.view = given.get("view");
      return state;
    };
    const safely = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
    const write = (state) => {
      const given = new URLSearchParams();
      given.set("view", state.view);
      if (state.status.length) given.set("status", state.status.join(","));
      for (const field of FIELDS) if (state[field]) given.set(field, state[field]);
      if (state.open) given.set("open", state.open);
      return "#" + given.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
    };
    // What the page itself wrote moves neither scroll nor focus.
    let own = null;
    const replace = (state) => {
      own = write(state);
      if (own === location.hash) { own = null; return; }
      location.replace(own);
    };

    const texts = new Map();
    const textOf = (item) => {
      if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
      return texts.get(item);
    };
    const fits = (item, state, words) => {
      const { status, provider, area, level, rules } = item.dataset;
      if (status && state.status.length && !state.status.includes(status)) return false;
      if (provider && state.provider && provider !== state.provider) return false;
      if (area && state.area && area !== state.area) return false;
      if (level && state.level && level !== state.level) return false;
      if (state.rule) {
        const wanted = state.rule.toUpperCase();
        if (!(rules || "").split(" ").some((id) => id.startsWith(wanted))) return false;
      }
      return words.every((word) => textOf(item).includes(word));
    };

    const show = (moved) => {
      const state = parse();
      const before = current;
      current = views.find((view) => view.id === state.view);
      for (const view of views) view.hidden = view !== current;
      for (const link of all("nav a")) {
        if (link.dataset.view === state.view) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      for (const part of all("[data-views]")) part.hidden = !part.dataset.views.split(" ").includes(state.view);
      // Results that a view does not know filter nothing in it.
      const known = all(`.statuses[data-views="${state.view}"] input`).map((box) => box.value);
      const asked = { ...state, status: state.status.filter((word) => known.includes(word)) };
      const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      const items = all(".item", current);
      for (const item of items) {
        item.hidden = !fits(item, asked, words);
        if (!item.hidden) count += 1;
      }
      for (const group of all(".group", current)) {
        const [some, whole] = [all(".item:not([hidden])", group).length, all(".item", group).length];
        group.hidden = some === 0;
        const tally = group.querySelector("h3 .tally");
        tally.textContent = some < whole ? `${some} of ` : "";
      }
      for (const field of FIELDS) {
        const control = form.elements[field];
        if (control && control !== document.activeElement) control.value = state[field];
      }
      for (const box of all("[name=status]", form)) box.checked = state.status.includes(box.value);
      for (const pick of all(".pick")) {
        const { provider = "", area = "", status = "" } = pick.dataset;
        const here = state.view === "cases" && provider === state.provider && area === state.area
          && status === state.status.join(",") && (provider || area || status);
        if (here) pick.setAttribute("aria-current", "true");
        else pick.removeAttribute("aria-current");
      }
      const filtered = count < items.length;
      $("#shown").textContent = count === 0 ? "Nothing fits these filters. Esc clears them."
        : filtered ? `${count} of ${items.length} shown` : `${items.length} shown`;
      refold();
      if (moved && !state.open && (current !== before || location.hash === "#" + state.view)) scrollTo(0, 0);
      if (moved) reveal(state.open);
    };
    const reveal = (id) => {
      const item = id && document.getElementById(id) && document.getElementById(id).closest(".item");
      if (!item) return;
      item.open = true;
      const summary = item.querySelector("summary");
      summary.focus({ preventScroll: true });
      summary.scrollIntoView({ block: "start" });
    };
    // The browser goes to the fragment by itself once all is there, to the entry's inside; its first line is wanted.
    addEventListener("load", () => setTimeout(() => reveal(parse().open)));

    addEventListener("hashchange", () => {
      const moved = location.hash !== own;
      own = null;
      show(moved);
    });

    // Controls. Typing waits a little so that the address is not written at every key.
    const gather = () => {
      const state = parse();
      for (const field of FIELDS) state[field] = form.elements[field] ? form.elements[field].value.trim() : "";
      state.status = all("[name=status]:checked", form)
        .filter((box) => !box.closest("fieldset").hidden).map((box) => box.value);
      state.open = "";
      return state;
    };
    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => replace(gather()), 120);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    const clear = () => {
      clearTimeout(waiting);
      const state = { view: parse().view, status: [], open: "" };
      for (const field of FIELDS) {
        state[field] = "";
        if (form.elements[field]) form.elements[field].value = "";
      }
      replace(state);
    };
    form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });

    // Links of the matrix become filters.
    for (const pick of all(".pick")) {
      const { provider = "", area = "", status } = pick.dataset;
      const state = { view: "cases", status: status ? [status] : [], provider, area, level: "", rule: "", q: "", open: "" };
      pick.href = write(state);
      pick.addEventListener("click", (event) => {
        // The same count again takes the filter away.
        if (pick.hasAttribute("aria-current")) { event.preventDefault(); clear(); return; }
        const top = $("#content").getBoundingClientRect().top;
        if (top > innerHeight * 0.6) $("#content").scrollIntoView();
      });
    }

    // The address names what was opened last.
    document.addEventListener("click", (event) => {
      const summary = event.target.closest && event.target.closest(".item > summary");
      if (!summary) return;
      const item = summary.parentElement;
      setTimeout(() => {
        const state = parse();
        const id = item.querySelector(".inside").id;
        if (item.open) state.open = id;
        else if (state.open === id) state.open = "";
        replace(state);
        refold();
      });
    });

    const visible = () => all(".item:not([hidden])", current);
    const refold = () => {
      const items = visible();
      $("#fold").textContent = items.length && items.every((item) => item.open) ? "Close all" : "Open all";
    };
    $("#fold").addEventListener("click", () => {
      const items = visible();
      const open = !items.every((item) => item.open);
      for (const item of items) item.open = open;
      refold();
    });

    const live = $("#shown");
    document.addEventListener("click", async (event) => {
      const button = event.target.closest && event.target.closest(".copy");
      if (!button) return;
      const code = button.parentElement.querySelector("code");
      let done = false;
      try { await navigator.clipboard.writeText(code.textContent); done = true; } catch {
        const range = document.createRange();
        range.selectNodeContents(code);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Copied" : "Selected";
      live.textContent = done ? "Command copied" : "Command selected";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });

    // Keys.
    const step = (by) => {
      const items = visible();
      if (!items.length) return;
      const here = document.activeElement && document.activeElement.closest(".item");
      const at = items.indexOf(here);
      const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + by, 0), items.length - 1);
      const summary = items[next].querySelector("summary");
      summary.focus({ preventScroll: true });
      summary.scrollIntoView({ block: "nearest" });
    };
    const help = $("#help");
    $("#keys").addEventListener("click", () => help.showModal());
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
      const focus = document.activeElement;
      const typing = focus && focus.matches("input:not([type=checkbox]), select, textarea");
      const listed = focus && focus.matches(".item > summary");
      if (event.key === "Escape") {
        if (typing) focus.blur();
        clear();
      } else if (event.key === "ArrowDown" && listed) {
        step(1);
      } else if ((event.key === "ArrowDown" || event.key === "Enter") && focus && focus.name === "q") {
        step(1);
      } else if (event.key === "ArrowUp" && listed) {
        step(-1);
      } else if (typing) {
        return;
      } else if (event.key === "/") {
        form.elements.q.focus();
        form.elements.q.select();
      } else if (event.key === "j") {
        step(1);
      } else if (event.key === "k") {
        step(-1);
      } else if (event.key === "?") {
        help.showModal();
      } else {
        return;
      }
      event.preventDefault();
    });

    show(true);
  });
})();
