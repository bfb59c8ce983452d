// Plots, drawn as SVG: a curve over time, and bars by day.
import { html, useEffect, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { textOf } from "../core/files.js";
import { place } from "../core/format.js";
import { Loading, Problem, Tabs } from "../parts/basics.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [760, 230, 44, 26, 12];
const MOST_POINTS = 600;
const UNIT = { vmaf: [0, 100], ssim: [0, 1], psnr: [0, 60] };

/** The tables of the kind quality. */
export function curvesOf(task) {
  const quality = new Set((task.subtasks || []).filter((one) => one.kind === "quality").map((one) => one.number));
  return (task.outputs || []).filter((output) => quality.has(output.subtask) && output.name.endsWith(".csv"));
}

/** Rows of numbers by column: "frame,time,vmaf" → {time: [...], vmaf: [...]} */
export function columnsOf(csv) {
  const [head, ...rows] = csv.trim().split(/\r?\n/).map((line) => line.split(","));
  return Object.fromEntries(head.map((name, column) => [name, rows.map((row) => Number(row[column]))]));
}

export function Curve({ output }) {
  const [table, setTable] = useState(null);
  const [error, setError] = useState(null);
  const [metric, setMetric] = useState(null);
  useEffect(() => {
    textOf(output.url).then((text) => setTable(columnsOf(text)), setError);
  }, [output.key]);
  if (error) return html`<${Problem} error=${error} />`;
  if (!table) return html`<${Loading} />`;
  const metrics = Object.keys(table).filter((name) => name in UNIT);
  const shown = metric || metrics[0];
  return html`<section class="card" aria-label=${words.player.quality_curve}>
    <div class="card-head">
      <h2>${words.player.quality_curve}</h2>
      <span class="grow"></span>
      ${metrics.length > 1 && html`<${Tabs} label=${words.player.quality} tabs=${metrics.map((name) => [name, name.toUpperCase()])} chosen=${shown} choose=${setMetric} />`}
    </div>
    <div class="card-body"><${Line} key=${shown} name=${shown} times=${table.time} values=${table[shown]} /></div>
  </section>`;
}

function Line({ name, times, values }) {
  const svg = useRef();
  const [hover, setHover] = useState(null);
  const [low, high] = bounds(values, UNIT[name]);
  const length = times.at(-1) || 1;
  const x = (time) => LEFT + ((WIDTH - LEFT - 8) * time) / length;
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low));
  const every = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  // of each stretch the worst frame, since that is what one looks for
  const points = [];
  for (let at = 0; at < values.length; at += every) {
    const worst = Math.min(...values.slice(at, at + every));
    points.push([times[at], worst]);
  }
  const path = points.map(([time, value], at) => `${at ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const worst = Math.min(...values);
  const move = (event) => {
    const box = svg.current.getBoundingClientRect();
    const time = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) * (length / (WIDTH - LEFT - 8));
    const at = times.findIndex((one) => one >= time);
    setHover(at < 0 ? null : at);
  };
  const digits = name === "ssim" ? 3 : 1;
  return html`<div class="plot">
    <p class="plot-sums"><span>${words.player.mean} <b>${mean.toFixed(digits)}</b></span><span>${words.player.worst} <b>${worst.toFixed(digits)}</b></span></p>
    <svg ref=${svg} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${name.toUpperCase()}: ${words.player.mean} ${mean.toFixed(digits)}, ${words.player.worst} ${worst.toFixed(digits)}`} onPointerMove=${move} onPointerLeave=${() => setHover(null)}>
      ${ticks(low, high).map(
        (value) => html`<g key=${value}><path class="grid" d=${`M${LEFT} ${y(value)}H${WIDTH - 8}`} /><text class="tick-y" x=${LEFT - 8} y=${y(value) + 4}>${+value.toFixed(3)}</text></g>`,
      )}
      ${ticks(0, length, 6).map((time) => html`<text key=${time} class="tick-x" x=${x(time)} y=${HEIGHT - 6}>${place(time)}</text>`)}
      <path class="line" d=${path} />
      ${hover !== null &&
      html`<g class="hover"><path d=${`M${x(times[hover])} ${TOP}V${HEIGHT - BOTTOM}`} /><circle cx=${x(times[hover])} cy=${y(values[hover])} r="4" />
        <text x=${Math.min(WIDTH - 130, x(times[hover]) + 9)} y=${TOP + 10}>${place(times[hover], true)} · ${values[hover].toFixed(digits)}</text></g>`}
    </svg>
  </div>`;
}

/** What the axis shows: all of the values, and a little more. */
function bounds(values, [least, most]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((high - low) * 0.15, (most - least) * 0.02);
  return [Math.max(least, low - room), Math.min(most, high + room)];
}

/** Round numbers between two. */
export function ticks(low, high, count = 4) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(value);
  return found;
}

/** Stacked bars: `rows` are {label, title, values: [number by series]}, `series` their names and classes. */
export function Bars({ label, rows, series, said = String }) {
  const most = Math.max(...rows.map((row) => row.values.reduce((sum, value) => sum + value, 0)), 1e-9);
  const height = HEIGHT - TOP - BOTTOM;
  const step = (WIDTH - LEFT - 8) / rows.length;
  const width = Math.min(64, step * 0.58);
  return html`<svg class="plot bars" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${label}>
    ${(most > 1e-9 ? ticks(0, most) : [0]).map((value) => {
      const y = TOP + height * (1 - value / most);
      return html`<g key=${value}><path class="grid" d=${`M${LEFT} ${y}H${WIDTH - 8}`} /><text class="tick-y" x=${LEFT - 8} y=${y + 4}>${said(+value.toPrecision(3))}</text></g>`;
    })}
    ${rows.map((row, number) => {
      let below = 0;
      const x = LEFT + step * number + (step - width) / 2;
      return html`<g key=${row.label}>
        <title>${row.title}</title>
        ${row.values.map((value, at) => {
          const size = (height * value) / most;
          below += size;
          return value > 0 && html`<rect key=${at} class=${series[at][1]} x=${x} y=${TOP + height - below} width=${width} height=${Math.max(1, size - 1)} rx="2" />`;
        })}
        <text class="tick-x" x=${x + width / 2} y=${HEIGHT - 6}>${row.label}</text>
      </g>`;
    })}
  </svg>`;
}
