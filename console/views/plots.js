// Plots, drawn as SVG: a curve over a film, bars by day or hour, steps by hour.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { textOf } from "../core/files.js";
import { place } from "../core/format.js";
import { Loading, Problem, Tabs } from "../parts/basics.js";

const [HEIGHT, LEFT, BOTTOM, TOP] = [230, 44, 26, 12];
const DAY_HOURS = 24;
const MOST_POINTS = 600;
const UNIT = { vmaf: [0, 100], ssim: [0, 1], psnr: [0, 60] };

/** Plots are drawn as wide as there is room, so that their letters stay as large as all others: [ref of the box, pixels]. */
function useWidth() {
  const box = useRef();
  const [width, setWidth] = useState(760);
  useLayoutEffect(() => {
    const measured = () => setWidth(Math.max(240, Math.round(box.current.clientWidth)));
    const observer = new ResizeObserver(measured);
    observer.observe(box.current);
    measured();
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

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
  const [plot, width] = useWidth();
  const [hover, setHover] = useState(null);
  const [low, high] = bounds(values, UNIT[name]);
  const length = times.at(-1) || 1;
  const x = (time) => LEFT + ((width - LEFT - 8) * time) / length;
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
    const time = (((event.clientX - box.left) / box.width) * width - LEFT) * (length / (width - LEFT - 8));
    const at = times.findIndex((one) => one >= time);
    setHover(at < 0 ? null : at);
  };
  const digits = name === "ssim" ? 3 : 1;
  return html`<div class="plot" ref=${plot}>
    <p class="plot-sums"><span>${words.player.mean} <b>${mean.toFixed(digits)}</b></span><span>${words.player.worst} <b>${worst.toFixed(digits)}</b></span></p>
    <svg ref=${svg} viewBox=${`0 0 ${width} ${HEIGHT}`} role="img" aria-label=${`${name.toUpperCase()}: ${words.player.mean} ${mean.toFixed(digits)}, ${words.player.worst} ${worst.toFixed(digits)}`} onPointerMove=${move} onPointerLeave=${() => setHover(null)}>
      ${ticks(low, high).map(
        (value) => html`<g key=${value}><path class="grid" d=${`M${LEFT} ${y(value)}H${width - 8}`} /><text class="tick-y" x=${LEFT - 8} y=${y(value) + 4}>${+value.toFixed(3)}</text></g>`,
      )}
      ${ticks(0, length, 6).map((time) => html`<text key=${time} class="tick-x" x=${x(time)} y=${HEIGHT - 6}>${place(time)}</text>`)}
      <path class="line" d=${path} />
      ${hover !== null &&
      html`<g class="hover"><path d=${`M${x(times[hover])} ${TOP}V${HEIGHT - BOTTOM}`} /><circle cx=${x(times[hover])} cy=${y(values[hover])} r="4" />
        <text x=${Math.min(width - 130, x(times[hover]) + 9)} y=${TOP + 10}>${place(times[hover], true)} · ${values[hover].toFixed(digits)}</text></g>`}
    </svg>
  </div>`;
}

/** What the axis shows: all of the values, and a little more. */
function bounds(values, [least, most]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((high - low) * 0.15, (most - least) * 0.02);
  return [Math.max(least, low - room), Math.min(most, high + room)];
}

/** Round numbers between two, at least `least` apart. */
export function ticks(low, high, count = 4, least = 0) {
  const rough = Math.max(least, (high - low) / count || 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(value);
  return found;
}

/**
 * Stacked bars: `rows` are {label, title, values: [number by series]}, `series` their names and classes. There is room for
 * `slots` rows; where there are many, the first of each day has a label.
 */
export function Bars({ label, rows, series, said = String, least = 0, slots = rows.length }) {
  const [box, width] = useWidth();
  const most = Math.max(...rows.map((row) => row.values.reduce((sum, value) => sum + value, 0)), 1e-9);
  const height = HEIGHT - TOP - BOTTOM;
  const step = (width - LEFT - 8) / slots;
  const bar = Math.min(64, step * (slots > 31 ? 0.82 : 0.58));
  const round = bar > 8 ? 2 : 0;
  return html`<div ref=${box}><svg class="plot bars" viewBox=${`0 0 ${width} ${HEIGHT}`} role="img" aria-label=${label}>
    <${Scale} width=${width} most=${most} least=${least} said=${said} />
    ${rows.map((row, number) => {
      let below = 0;
      const x = LEFT + step * number + (step - bar) / 2;
      return html`<${Slot} key=${number} row=${row} x=${LEFT + step * number} step=${step} labelled=${slots > 31 ? DAY_HOURS : 1}>
        ${row.values.map((value, at) => {
          const size = (height * value) / most;
          below += size;
          return value > 0 && html`<rect key=${at} class=${series[at][1]} x=${x} y=${TOP + height - below} width=${bar} height=${Math.max(1, size - round / 2)} rx=${round} />`;
        })}
      </${Slot}>`;
    })}
  </svg></div>`;
}

/** Numbers that stay for an hour: `rows` as those of Bars, the series not on top of each other. */
export function Steps({ label, rows, series, slots = rows.length }) {
  const [box, width] = useWidth();
  const most = Math.max(1, ...rows.flatMap((row) => row.values));
  const height = HEIGHT - TOP - BOTTOM;
  const step = (width - LEFT - 8) / slots;
  const y = (value) => TOP + height * (1 - value / most);
  const path = (at) => rows.map((row, number) => `${number ? "L" : "M"}${(LEFT + step * number).toFixed(1)} ${y(row.values[at]).toFixed(1)}h${step.toFixed(2)}`).join("");
  return html`<div ref=${box}><svg class="plot steps" viewBox=${`0 0 ${width} ${HEIGHT}`} role="img" aria-label=${label}>
    <${Scale} width=${width} most=${most} least=${1} said=${String} />
    ${series.map(([name, look], at) => html`<g key=${name} class=${look}>
      <path class="area" d=${`${path(at)}V${TOP + height}H${LEFT}Z`} />
      <path class="edge" d=${path(at)} />
    </g>`)}
    ${rows.map((row, number) => html`<${Slot} key=${number} row=${row} x=${LEFT + step * number} step=${step} labelled=${DAY_HOURS} />`)}
  </svg></div>`;
}

/** One row's place: it tells its numbers when pointed at. Its label stands in the middle of as many as it is for. */
function Slot({ row, x, step, labelled, children }) {
  const label = step * labelled < 46 ? row.label.split(" ")[0] : row.label;
  return html`<g class="bar">
    <title>${row.title}</title>
    <rect class="bar-room" x=${x} y=${TOP} width=${step} height=${HEIGHT - TOP - BOTTOM} />
    ${children} ${label && html`<text class="tick-x" x=${x + (step * labelled) / 2} y=${HEIGHT - 6}>${label}</text>`}
  </g>`;
}

/** Lines of the value axis, from nought to the most. */
function Scale({ width, most, least, said }) {
  const values = most > 1e-9 ? ticks(0, most, 4, least) : [0];
  return values.map((value) => {
    const y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
    return html`<g key=${value}><path class="grid" d=${`M${LEFT} ${y}H${width - 8}`} /><text class="tick-y" x=${LEFT - 8} y=${y + 4}>${said(+value.toPrecision(3))}</text></g>`;
  });
}
