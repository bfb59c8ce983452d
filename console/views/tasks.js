// The list of tasks: filtered, endless, live.
import { html, useEffect, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { get } from "../core/api.js";
import { thumbnailOf, useDetails } from "../core/details.js";
import { ACTIVE, FINAL, between, dollars, duration, sourceName } from "../core/format.js";
import { usePolling } from "../core/live.js";
import { go, goQuietly, href, route } from "../core/router.js";
import { canSubmit } from "../core/session.js";
import { Button, Empty, Loading, Problem, Progress, Status, Time } from "../parts/basics.js";
import { Menu } from "../parts/dialogs.js";
import { Icon } from "../parts/icons.js";
import { Rows } from "../parts/rows.js";
import { taskMenu } from "./actions.js";

const say = words.tasks;
const PAGE = 100;
const MOST_DRAWN = 100;
const SECONDS_WHILE_BUSY = 2.5;
const SECONDS_WHILE_QUIET = 8;
const TASK_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;
const GROUPS = { waiting: ["waiting"], active: ACTIVE, succeeded: ["succeeded"], failed: ["failed"], cancelled: ["cancelled"] };
const HOURS = { hour: 1, day: 24, week: 168 };
const NARROW = window.matchMedia("(max-width: 760px)");

/** The last list, so that who comes back from a task finds it as it was. */
const kept = { filter: null, list: null, place: { top: 0, first: 0, last: 0 }, seen: null };

export function Tasks() {
  const filter = filterOf(route.value.query);
  const list = useTasks(filter);
  const narrow = useNarrow();
  const [needle, setNeedle] = useState("");
  const place = kept.place;

  const shown = needle ? list.tasks.filter((task) => matches(task, needle)) : list.tasks;
  const change = (changes) => goQuietly("tasks", { ...Object.fromEntries(route.value.query), ...changes });
  const isFiltered = Boolean(String(route.value.query)) || needle;

  return html`<div class=${`page list-page ${list.isStale ? "stale" : ""}`}>
    <div class="page-head">
      <h1>${say.title}</h1>
      <span class="count" role="status">${list.total === null ? "" : needle ? say.narrowed(shown.length, list.tasks.length) : say.total(list.total)}</span>
      <span class="grow"></span>
      ${canSubmit.value && html`<${Button} kind="primary" icon="create" href=${href("create")}>${words.nav.create}</${Button}>`}
    </div>
    <${Filters} filter=${filter} change=${change} needle=${needle} setNeedle=${setNeedle} isFiltered=${isFiltered} />
    ${list.error && html`<${Problem} error=${list.error} again=${list.again} />`}
    ${list.fresh > 0 &&
    html`<button type="button" class="fresh" onClick=${list.takeFresh}><${Icon} name="up" size=${15} /> ${say.fresh(list.fresh)}</button>`}
    ${list.total === null
      ? !list.error && html`<${Loading} rows=${8} />`
      : shown.length
        ? html`<${Rows}
            label=${say.rows}
            head=${html`<${Head} filter=${filter} change=${change} />`}
            count=${shown.length}
            total=${needle ? shown.length : list.total}
            height=${narrow ? 104 : 60}
            row=${(index) => html`<${Row} key=${shown[index].id} task=${shown[index]} index=${index} changed=${list.again} />`}
            nearEnd=${needle ? () => {} : list.more}
            place=${place}
            scrolled=${list.scrolled}
          />`
        : html`<${NoTasks} isFiltered=${isFiltered} clear=${() => (setNeedle(""), goQuietly("tasks"))} />`}
    ${list.loadingMore && html`<p class="loading-more" role="status">${say.loadingMore}</p>`}
  </div>`;
}

function NoTasks({ isFiltered, clear }) {
  if (isFiltered) {
    const action = html`<${Button} onClick=${clear}>${say.clear}</${Button}>`;
    return html`<${Empty} icon="search" title=${say.noneMatch} action=${action}>${say.noneMatchLead}</${Empty}>`;
  }
  const action = canSubmit.value && html`<${Button} kind="primary" icon="create" href=${href("create")}>${words.nav.create}</${Button}>`;
  return html`<${Empty} icon="tasks" title=${say.empty} action=${action}>${canSubmit.value ? say.emptyLead : say.emptyRead}</${Empty}>`;
}

// ── filters ───────────────────────────────────────────────────────────────────────────────────

/** From the address: {groups, failedOnly, window, from, until, key, query()}. `query` is what the API is asked. */
function filterOf(query) {
  const groups = (query.get("status") || "").split(",").filter((name) => GROUPS[name]);
  const found = {
    groups,
    failedOnly: query.get("failed") === "1",
    window: query.get("window") || "all",
    from: query.get("from") || "",
    until: query.get("until") || "",
    key: String(query),
  };
  return { ...found, query: () => asked(found) };
}

function asked({ groups, failedOnly, window, from, until }) {
  const query = new URLSearchParams({ limit: PAGE });
  if (groups.length) query.set("status", groups.flatMap((name) => GROUPS[name]).join(","));
  if (failedOnly) query.set("has_failed", "true");
  // to the minute, so that the question stays the same for a while and its answer can be «nothing new»
  if (HOURS[window]) query.set("start_time", new Date(Math.floor(Date.now() / 60000) * 60000 - HOURS[window] * 3600000).toISOString());
  if (window === "custom" && from) query.set("start_time", new Date(from).toISOString());
  if (window === "custom" && until) query.set("end_time", new Date(until).toISOString());
  return query;
}

function Filters({ filter, change, needle, setNeedle, isFiltered }) {
  const search = (event) => {
    event.preventDefault();
    const text = needle.trim().toLowerCase();
    if (TASK_ID.test(text)) go("tasks", text);
  };
  return html`<form class="filters" role="search" onSubmit=${search}>
    <label class="search">
      <span class="unseen">${say.search}</span>
      <${Icon} name="search" />
      <input type="search" placeholder=${say.search} title=${say.searchHint} value=${needle} onInput=${(event) => setNeedle(event.target.value)} />
    </label>
    <${StatusFilter} filter=${filter} change=${change} text=${say.status} />
    <label class="toggle">
      <input type="checkbox" checked=${filter.failedOnly} onChange=${(event) => change({ failed: event.target.checked ? "1" : "" })} />
      <span>${say.failedOnly}</span>
    </label>
    <label class="select-label">
      <span class="unseen">${say.window}</span>
      <select value=${filter.window} onChange=${(event) => change({ window: event.target.value === "all" ? "" : event.target.value })}>
        ${Object.entries(say.windows).map(([name, text]) => html`<option key=${name} value=${name}>${text}</option>`)}
      </select>
    </label>
    ${filter.window === "custom" &&
    ["from", "until"].map(
      (name) => html`<label key=${name} class="date">
        <span>${say[name]}</span>
        <input type="datetime-local" value=${filter[name]} onChange=${(event) => change({ [name]: event.target.value })} />
      </label>`,
    )}
    ${isFiltered && html`<${Button} kind="quiet" icon="close" onClick=${() => (setNeedle(""), goQuietly("tasks"))}>${say.clear}</${Button}>`}
  </form>`;
}

/** A menu of statuses to be ticked; in the filters, and under the column's head. */
function StatusFilter({ filter, change, text }) {
  const [open, setOpen] = useState(false);
  const box = useRef();
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event) => box.current?.contains(event.target) || setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const toggle = (name) => {
    const groups = filter.groups.includes(name) ? filter.groups.filter((one) => one !== name) : [...filter.groups, name];
    change({ status: groups.join(",") });
  };
  const keys = (event) => {
    if (event.key !== "Escape") return;
    setOpen(false);
    box.current.querySelector("button").focus();
  };
  const told = filter.groups.length ? `${text}: ${filter.groups.map((name) => words.statusGroup[name]).join(", ")}` : text;
  return html`<span class="menu" ref=${box} onKeyDown=${keys}>
    <button
      type="button"
      class=${`button plain filter-button ${filter.groups.length ? "on" : ""}`}
      aria-expanded=${String(open)}
      title=${say.filterByStatus}
      onClick=${() => setOpen(!open)}
    >
      <span>${told}</span><${Icon} name="down" size=${15} />
    </button>
    ${open &&
    html`<span class="menu-list start" role="group" aria-label=${say.filterByStatus}>
      ${Object.keys(GROUPS).map(
        (name) => html`<label key=${name} class="tick">
          <input type="checkbox" checked=${filter.groups.includes(name)} onChange=${() => toggle(name)} />
          <${Status} status=${name === "active" ? "processing" : name} />
        </label>`,
      )}
    </span>`}
  </span>`;
}

function matches(task, needle) {
  const text = needle.trim().toLowerCase();
  return task.id.includes(text) || (task.input.key || task.input.url || "").toLowerCase().includes(text);
}

// ── rows ──────────────────────────────────────────────────────────────────────────────────────

function Head({ filter, change }) {
  return html`<div class="rows-head" role="rowgroup">
    <div class="row" role="row">
      <span role="columnheader" class="cell-source">${say.source}</span>
      <span role="columnheader" class="cell-status"><${StatusFilter} filter=${filter} change=${change} text=${say.status} /></span>
      <span role="columnheader" class="cell-trigger">${say.trigger}</span>
      <span role="columnheader" class="cell-created">${say.created}</span>
      <span role="columnheader" class="cell-started">${say.started}</span>
      <span role="columnheader" class="cell-ended">${say.ended}</span>
      <span role="columnheader" class="cell-duration">${say.duration}</span>
      <span role="columnheader" class="cell-cost">${say.cost}</span>
      <span role="columnheader" class="cell-actions"><span class="unseen">${say.actions}</span></span>
    </div>
  </div>`;
}

function Row({ task: listed, index, changed }) {
  const details = useDetails(listed, changed);
  // the list may lag behind what was heard of the one task, or the other way round
  const isNewer = details && details.attempt >= listed.attempt && !FINAL.has(listed.status);
  const task = isNewer ? details : listed;
  const over = FINAL.has(task.status);
  const name = sourceName(task.input) || say.unnamed;
  return html`<div class="row task-row" role="row" aria-rowindex=${index + 2} data-row=${index}>
    <span role="cell" class="cell-source">
      <${Thumbnail} details=${details} task=${task} />
      <span class="names">
        <a href=${href("tasks", task.id)} class="name" title=${name}>${name}</a>
        <span class="mono id" title=${task.id}>${task.id}</span>
      </span>
    </span>
    <span role="cell" class="cell-status">
      <${Status} status=${task.status} />
      ${!over && task.status !== "waiting" && html`<${Progress} percent=${task.progress} label=${say.progress} />`}
    </span>
    <span role="cell" class="cell-trigger">${words.trigger[task.created_by] || task.created_by}</span>
    <span role="cell" class="cell-created"><${Time} at=${task.created_at} /></span>
    <span role="cell" class="cell-started"><${Time} at=${task.started_at} /></span>
    <span role="cell" class="cell-ended"><${Time} at=${task.finished_at} /></span>
    <span role="cell" class="cell-duration">${duration(between(task.started_at, task.finished_at))}</span>
    <span role="cell" class="cell-cost">${dollars(task.cost?.usd)}</span>
    <span role="cell" class="cell-actions"><${Menu} label=${words.actions.menu(name)} items=${taskMenu(task, { changed, choose: () => go("tasks", task.id) })} /></span>
  </div>`;
}

function Thumbnail({ details, task }) {
  const [broken, setBroken] = useState(false);
  const found = broken ? null : thumbnailOf(details);
  const kind = task.input.kind === "audio" ? "usage" : task.input.kind === "image" ? "eye" : "play";
  if (!found) return html`<span class="thumb"><${Icon} name=${kind} /></span>`;
  if (!found.columns) return html`<img class="thumb" src=${found.url} crossorigin="anonymous" alt="" loading="lazy" onError=${() => setBroken(true)} />`;
  return html`<span class="thumb sheet" style=${{ backgroundImage: `url(${JSON.stringify(found.url)})`, backgroundSize: `${found.columns * 100}% auto` }}></span>`;
}

function useNarrow() {
  const [narrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const changed = () => setNarrow(NARROW.matches);
    NARROW.addEventListener("change", changed);
    return () => NARROW.removeEventListener("change", changed);
  }, []);
  return narrow;
}

// ── the list, page by page ────────────────────────────────────────────────────────────────────

const NOTHING = { tasks: [], token: null, total: null, error: null };

function useTasks(filter) {
  const isKept = kept.filter === filter.key && kept.list;
  if (!isKept && kept.filter !== filter.key) Object.assign(kept, { filter: filter.key, list: null, place: { top: 0, first: 0, last: 0 }, seen: null });
  const [list, setList] = useState(kept.list || NOTHING);
  const [held, setHeld] = useState(null);
  const [loadingMore, setLoadingMore] = useState(false);
  const [round, setRound] = useState(0);
  const busy = useRef(false);
  const { place } = kept;
  const keep = (next) => {
    kept.list = next;
    setList(next);
  };
  useEffect(() => {
    setHeld(null);
    // what was there before stays until the answer comes, so that nothing jumps
    setList((old) => kept.list || { ...old, token: null, isStale: true });
  }, [filter.key]);

  const ask = async (signal) => {
    try {
      const { data, headers } = await get(`/tasks?${filter.query()}`, { signal });
      if (kept.filter !== filter.key) return;
      const page = { tasks: data, token: headers.get("Scroll-Token"), total: Number(headers.get("Total-Count")) };
      const next = merged(kept.list, page);
      const added = kept.list ? next.tasks.findIndex((task) => task.id === kept.list.tasks[0]?.id) : 0;
      // whoever reads further down isn't pushed away from where they are
      if (added > 0 && kept.place.top > 40) {
        setHeld({ next, added });
        keep({ ...kept.list, tasks: next.tasks.slice(added), total: next.total, error: null });
      } else {
        setHeld(null);
        keep(next);
      }
      await askFurtherDown(signal);
    } catch (error) {
      if (error.name !== "AbortError") setList((old) => ({ ...old, error, isStale: false }));
    }
  };
  /** What is looked at beyond the first page is asked for by its time of creation, which never changes. */
  const askFurtherDown = async (signal) => {
    const seen = kept.list.tasks.slice(kept.place.first, kept.place.last).slice(0, MOST_DRAWN);
    if (!seen.length || kept.place.last <= PAGE) return;
    const [newest, oldest] = [seen[0].created_at, seen.at(-1).created_at];
    const query = filter.query();
    query.set("limit", MOST_DRAWN);
    query.set("start_time", oldest);
    query.set("end_time", new Date(new Date(newest).getTime() + 1).toISOString());
    const { data, headers } = await get(`/tasks?${query}`, { signal });
    if (kept.filter !== filter.key || kept.seen === data) return;
    kept.seen = data;
    const last = headers.get("Scroll-Token") ? data.at(-1) : null;
    keep({ ...kept.list, tasks: renewed(kept.list.tasks, data, newest, oldest, last) });
  };
  const isBusy = [...list.tasks.slice(0, PAGE), ...list.tasks.slice(place.first, place.last)].some((task) => !FINAL.has(task.status));
  usePolling(ask, isBusy ? SECONDS_WHILE_BUSY : SECONDS_WHILE_QUIET, [filter.key, round]);

  const more = async () => {
    const from = kept.list;
    if (busy.current || !from?.token) return;
    busy.current = true;
    setLoadingMore(true);
    try {
      const query = filter.query();
      query.set("scroll_token", from.token);
      if (from.start) query.set("start_time", from.start);
      const { data, headers } = await get(`/tasks?${query}`);
      if (kept.filter !== filter.key) return;
      const here = new Set(kept.list.tasks.map((task) => task.id));
      const tasks = [...kept.list.tasks, ...data.filter((task) => !here.has(task.id))];
      keep({ ...kept.list, tasks, token: headers.get("Scroll-Token") });
    } catch (error) {
      setList((old) => ({ ...old, error }));
    } finally {
      busy.current = false;
      setLoadingMore(false);
    }
  };
  const takeFresh = () => {
    kept.place.top = 0;
    document.querySelector(".rows")?.scrollTo({ top: 0 });
    keep(held.next);
    setHeld(null);
  };
  const scrolled = (top) => top <= 40 && held && takeFresh();
  return { ...list, fresh: held?.added || 0, takeFresh, more, loadingMore, scrolled, again: () => setRound((number) => number + 1) };
}

/** The list with what it has between two times of creation (both inclusive), or down to the `last` that came, as it is now. */
function renewed(tasks, fresh, newest, oldest, last) {
  const isBelow = last ? (task) => placeOf(task) < placeOf(last) : (task) => task.created_at < oldest;
  return [...tasks.filter((task) => task.created_at > newest), ...fresh, ...tasks.filter(isBelow)];
}

/** Orders the list as the API does: by creation, then id. */
function placeOf(task) {
  return `${task.created_at}#${task.id}`;
}

/** The newest page in front of what is known further down. Where they don't meet, there is a gap, and it begins anew. */
function merged(list, page) {
  const fresh = new Set(page.tasks.map((task) => task.id));
  if (!list || !page.token || !list.tasks.some((task) => fresh.has(task.id))) return { ...page, error: null };
  const lastKnown = page.tasks.at(-1);
  const from = list.tasks.findIndex((task) => task.id === lastKnown.id);
  if (from < 0) return { ...page, error: null };
  const older = list.tasks.slice(from + 1).filter((task) => !fresh.has(task.id));
  const token = older.length ? list.token : page.token;
  return { tasks: [...page.tasks, ...older], token, total: page.total, error: null };
}
