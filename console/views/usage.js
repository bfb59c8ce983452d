// What was done in the last days, what it cost, and what is going on now.
import { html, useMemo, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { ACTIVE, bytes, dollars, moment, spoken } from "../core/format.js";
import { useLive } from "../core/live.js";
import { href } from "../core/router.js";
import { Empty, Loading, Problem, Tabs } from "../parts/basics.js";
import { Bars, Steps } from "./plots.js";

const say = words.usage;
const DAYS = 7;
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", timeZone: "UTC" });

export function Usage() {
  const start = useMemo(() => midnight(DAYS - 1), []);
  const { data, error, again } = useLive(`/usage?${new URLSearchParams({ start_time: start })}`, () => 60);
  if (!data) return html`<div class="page">${error ? html`<${Problem} error=${error} again=${again} />` : html`<${Loading} rows=${6} />`}</div>`;
  const days = [...data.days].reverse();
  const sum = (name) => days.reduce((total, day) => total + day[name], 0);
  const ended = sum("succeeded") + sum("failed") + sum("cancelled");
  return html`<div class="page">
    <div class="page-head"><h1>${say.title}</h1></div>
    <p class="lead">${say.lead}</p>
    ${error && html`<${Problem} error=${error} again=${again} />`}
    <ul class="tiles">
      <${Now} label=${say.waiting} status="waiting" link=${{ status: "waiting" }} />
      <${Now} label=${say.running} status=${ACTIVE.join(",")} link=${{ status: "active" }} />
      <${Tile} label=${say.tasks} value=${sum("tasks").toLocaleString()} />
      <${Tile} label=${say.failed} value=${sum("failed").toLocaleString()} note=${ended ? say.share(Math.round((100 * sum("failed")) / ended)) : ""} />
      <${Tile} label=${say.minutes} value=${sum("source_minutes").toFixed(1)} note=${bytes(sum("source_bytes"))} />
      <${Tile} label=${say.cost} value=${dollars(sum("cost_usd"))} note=${say.estimated} />
    </ul>
    ${sum("tasks") === 0
      ? html`<div class="card"><${Empty} icon="usage" title=${say.nothing} /></div>`
      : html`<${Throughput} days=${days} hours=${data.hours} /><${Queue} hours=${data.hours} /><div class="halves"><${CostByDay} days=${days} /><${ByKind} days=${days} /></div><${DayTable} days=${days} />`}
  </div>`;
}

function midnight(daysAgo) {
  const today = new Date();
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() - daysAgo)).toISOString();
}

function Tile({ label, value, note }) {
  return html`<li class="card tile"><span>${label}</span><b>${value}</b>${note && html`<small>${note}</small>`}</li>`;
}

/** How many tasks are in a state at this moment: the list's own exact total. */
function Now({ label, status, link }) {
  const { headers } = useLive(`/tasks?${new URLSearchParams({ limit: 1, status })}`, () => 5);
  const total = headers?.get("Total-Count");
  return html`<li class="card tile">
    <a href=${href("tasks", link)}>${label} <small>${say.now.toLowerCase()}</small></a><b>${total ? Number(total).toLocaleString() : "–"}</b>
  </li>`;
}

const STATES = [
  ["succeeded", "bar-good"],
  ["failed", "bar-bad"],
  ["cancelled", "bar-warn"],
];

function label(date) {
  return weekday.format(new Date(`${date}T00:00:00Z`));
}

/** What ended, hour by hour; or the tasks of each day by what has become of them. */
function Throughput({ days, hours }) {
  const [by, setBy] = useState("hour");
  const series = STATES.map(([name, look]) => [say[name], look]);
  const shown = by === "hour" ? series : [...series, [say.running, "bar-active"]];
  return html`<section class="card">
    <div class="card-head">
      <h2>${say.byDay}</h2><${Legend} series=${shown} /><span class="grow"></span>
      <${Tabs} label=${say.byDay} tabs=${[["hour", say.perHour], ["day", say.perDay]]} chosen=${by} choose=${setBy} />
    </div>
    <div class="card-body"><${Bars} key=${by} label=${say.byDay} rows=${by === "hour" ? endsOf(hours) : rowsOf(days)} series=${shown} least=${1} slots=${by === "hour" ? slotsOf(hours) : undefined} /></div>
  </section>`;
}

function rowsOf(days) {
  return days.map((day) => {
    const known = day.succeeded + day.failed + day.cancelled;
    // a day that isn't complete tells shares; its number of tasks is exact
    const scale = day.complete || !known ? 1 : day.tasks / known;
    const rest = Math.max(0, day.tasks - known * scale);
    const values = [...STATES.map(([name]) => day[name] * scale), rest];
    return { label: label(day.date), title: `${day.date}: ${day.tasks} ${say.tasks.toLowerCase()}, ${day.failed} ${say.failed.toLowerCase()}`, values };
  });
}

function endsOf(hours) {
  return hours.map((hour) => {
    const ended = STATES.map(([name]) => `${hour[name]} ${say[name].toLowerCase()}`).join(", ");
    return { label: labelOf(hour), title: `${moment(hour.start)}: ${say.createdIn(hour.created)}, ${ended}`, values: STATES.map(([name]) => hour[name]) };
  });
}

/** How many waited and ran at once. */
function Queue({ hours }) {
  const rows = hours.map((hour) => ({
    label: labelOf(hour),
    title: `${moment(hour.start)}: ${say.atMost(hour.waiting, hour.running)}`,
    values: [hour.waiting, hour.running],
  }));
  const series = [[say.waiting, "steps-waiting"], [say.running, "steps-active"]];
  const most = (name) => Math.max(0, ...hours.map((hour) => hour[name]));
  return html`<section class="card">
    <div class="card-head"><h2>${say.queue}</h2><${Legend} series=${series} /><span class="grow"></span><small class="faint">${say.queueNote}</small></div>
    <div class="card-body"><${Steps} label=${`${say.queue}: ${say.atMost(most("waiting"), most("running"))}`} rows=${rows} series=${series} slots=${slotsOf(hours)} /></div>
  </section>`;
}

/** Whole days: what is left of today stays empty. */
function slotsOf(hours) {
  return Math.ceil(hours.length / 24) * 24;
}

/** The day, at its first hour. */
function labelOf(hour) {
  return hour.start.slice(11, 13) === "00" ? label(hour.start.slice(0, 10)) : "";
}

function Legend({ series }) {
  return html`<ul class="legend">${series.map(([name, look]) => html`<li key=${name}><svg width="11" height="11" aria-hidden="true" class="plot"><rect class=${look} width="11" height="11" rx="2" /></svg>${name}</li>`)}</ul>`;
}

function CostByDay({ days }) {
  const rows = days.map((day) => ({ label: label(day.date), title: `${day.date}: ${dollars(day.cost_usd)}`, values: [day.cost_usd] }));
  return html`<section class="card">
    <div class="card-head"><h2>${say.costByDay}</h2></div>
    <div class="card-body"><${Bars} label=${say.costByDay} rows=${rows} series=${[[say.cost, "bar-accent"]]} said=${(value) => `$${value}`} /></div>
  </section>`;
}

function ByKind({ days }) {
  const totals = new Map();
  for (const day of days) for (const [kind, number] of Object.entries(day.by_kind)) totals.set(kind, (totals.get(kind) || 0) + number);
  const sorted = [...totals].sort((one, other) => other[1] - one[1]);
  const most = sorted[0]?.[1] || 1;
  return html`<section class="card">
    <div class="card-head"><h2>${say.byKind}</h2></div>
    <ul class="card-body kinds">
      ${sorted.map(
        ([kind, number]) => html`<li key=${kind}><span>${spoken(kind)}</span><span class="kind-bar"><span style=${{ inlineSize: `${(100 * number) / most}%` }}></span></span><b>${number}</b></li>`,
      )}
    </ul>
  </section>`;
}

function DayTable({ days }) {
  return html`<section class="card">
    <div class="scroll-x" tabindex="0" role="region" aria-label=${say.day}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${say.day}</th>
            ${["tasks", "succeeded", "failed", "cancelled", "minutes", "cost"].map((name) => html`<th key=${name} scope="col" class="number">${say[name]}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...days].reverse().map(
            (day) => html`<tr key=${day.date}>
              <td class="nowrap" title=${day.complete ? undefined : say.incomplete}>${day.date}${day.complete ? "" : " *"}</td>
              ${[day.tasks, day.succeeded, day.failed, day.cancelled, day.source_minutes.toFixed(1), dollars(day.cost_usd)].map((value, at) => html`<td key=${at} class="number">${value}</td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${days.some((day) => !day.complete) && html`<p class="hint card-body">* ${say.incomplete}</p>`}
  </section>`;
}
