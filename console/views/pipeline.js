// The way that a task takes, as a graph: its source, below it its subtasks, each under the last one that it waits for, and its end.
import { html } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { FINAL, spoken } from "../core/format.js";

const say = words.task;
const [WIDTH, ROW, NODE, INDENT, MOST_DEPTH] = [288, 38, 30, 22, 5];

/** Rows from top to bottom: {id, label, state, depth, parent: row number or null, also: row numbers it waits for besides}. */
export function rowsOf(task) {
  const rows = [{ label: words.tasks.source, depth: 0, parent: null, also: [], state: sourceState(task) }];
  const rowOf = new Map();
  const waitsFor = (one) => [...new Set([...(one.after || []), one.source?.subtask].filter(Boolean))];
  const place = (one, depth, parent) => {
    const at = rows.push({ subtask: one, label: `${one.number} ${spoken(one.kind)}`, depth, parent, also: [], state: stateOf(one) }) - 1;
    rowOf.set(one.number, at);
    for (const next of task.subtasks) if (Math.max(0, ...waitsFor(next)) === one.number) place(next, Math.min(MOST_DEPTH, depth + 1), at);
  };
  for (const one of task.subtasks) if (!waitsFor(one).length) place(one, 1, 0);
  for (const one of task.subtasks) {
    const row = rows[rowOf.get(one.number)];
    if (row) row.also = waitsFor(one).slice(0, -1).map((number) => rowOf.get(number)).filter((at) => at !== undefined && at !== row.parent);
  }
  rows.push({ label: words.status[task.status], depth: 0, parent: 0, also: [], state: FINAL.has(task.status) ? task.status : "waiting" });
  return rows;
}

function sourceState(task) {
  if (task.input.media) return "succeeded";
  return FINAL.has(task.status) ? task.status : task.status === "waiting" ? "waiting" : "active";
}

function stateOf(subtask) {
  if (subtask.skipped) return "skipped";
  return FINAL.has(subtask.status) || subtask.status === "waiting" ? subtask.status : "active";
}

const left = (row) => 1 + row.depth * INDENT;
const middle = (number) => number * ROW + NODE / 2 + 1;

export function Pipeline({ task }) {
  const rows = rowsOf(task);
  const told = task.subtasks.map((one) => `${one.number} ${one.kind}: ${words.status[one.skipped ? "skipped" : one.status]}`).join("; ");
  return html`<section class="card">
    <div class="card-head"><h2>${say.pipeline}</h2></div>
    <div class="card-body">
      <svg class="pipeline" viewBox=${`0 0 ${WIDTH} ${rows.length * ROW - ROW + NODE + 2}`} role="img" aria-label=${told}>
        ${rows.flatMap((row, number) => [row.parent, ...row.also].filter((from) => from !== null).map((from) => html`<path key=${`${from}-${number}`} class="edge" d=${elbow(rows, from, number)} />`))}
        ${rows.map((row, number) => html`<${Node} key=${number} row=${row} y=${number * ROW + 1} />`)}
      </svg>
    </div>
  </section>`;
}

function elbow(rows, from, to) {
  const x = left(rows[from]) + 11;
  // the end lies as far left as the source, so its line comes down from above
  if (rows[to].depth <= rows[from].depth) return `M${x} ${middle(from)}V${to * ROW}`;
  return `M${x} ${middle(from)}V${middle(to) - 8}q0 8 8 8H${left(rows[to])}`;
}

function Node({ row, y }) {
  const x = left(row);
  const width = WIDTH - x - 1;
  return html`<g class=${`node ${row.state}`}>
    <rect x=${x} y=${y} width=${width} height=${NODE} rx="8" />
    ${row.state === "active" && row.subtask && html`<rect class="node-progress" x=${x + 8} y=${y + NODE - 4.5} height="2.5" rx="1" width=${((width - 16) * row.subtask.progress) / 100} />`}
    <${Mark} state=${row.state} x=${x + 10} y=${y + NODE / 2} />
    <text x=${x + 30} y=${y + NODE / 2 + 4.5}>${row.label}</text>
  </g>`;
}

/** The shape of a state, as in the list. */
function Mark({ state, x, y }) {
  const at = `translate(${x} ${y - 6})`;
  if (state === "succeeded") return html`<g transform=${at}><circle class="fill" cx="6" cy="6" r="6" /><path class="cut" d="M3.3 6.2l1.9 1.9 3.6-4" /></g>`;
  if (state === "failed") return html`<g transform=${at}><path class="fill" d="M6-.5L12.5 6 6 12.5-.5 6z" /><path class="cut" d="M6 3.2v3.4M6 8.7v.01" /></g>`;
  if (state === "cancelled") return html`<g transform=${at}><circle class="stroke" cx="6" cy="6" r="5" /><path class="stroke" d="M2.6 9.4l6.8-6.8" /></g>`;
  if (state === "skipped") return html`<g transform=${at}><path class="stroke" d="M2 6h8" /></g>`;
  if (state === "active") return html`<g transform=${at}><circle class="stroke faded" cx="6" cy="6" r="5" /><path class="stroke" d="M6 1a5 5 0 0 1 5 5" /></g>`;
  return html`<g transform=${at}><circle class="stroke" cx="6" cy="6" r="5" /></g>`;
}
