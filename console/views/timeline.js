// The time line under a player: where it is, what the film looks like there, what was found where.
import { html, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { place } from "../core/format.js";

const say = words.player;
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 5, ArrowDown: -5, PageUp: 30, PageDown: -30 };

export function Timeline({ time, length, seek, tiles, lanes, chapters }) {
  const bar = useRef();
  const [hover, setHover] = useState(null);
  if (!length) return null;
  const share = (seconds) => `${(100 * Math.min(1, Math.max(0, seconds / length))).toFixed(3)}%`;
  const at = (event) => {
    const box = bar.current.getBoundingClientRect();
    return length * Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const keys = (event) => {
    const step = STEPS[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? length : step ? time + step : null;
    if (to === null) return;
    event.preventDefault();
    seek(Math.min(length, Math.max(0, to)));
  };
  const drag = (event) => {
    setHover(at(event));
    if (event.buttons === 1) seek(at(event));
  };
  return html`<div class="timeline">
    <div
      ref=${bar}
      class="timeline-bar"
      role="slider"
      tabindex="0"
      aria-label=${say.timeline}
      aria-valuemin="0"
      aria-valuemax=${Math.round(length)}
      aria-valuenow=${Math.round(time)}
      aria-valuetext=${`${place(time)} / ${place(length)}`}
      onKeyDown=${keys}
      onPointerDown=${(event) => seek(at(event))}
      onPointerMove=${drag}
      onPointerLeave=${() => setHover(null)}
    >
      <span class="timeline-played" style=${{ inlineSize: share(time) }}></span>
      ${chapters.slice(1).map((one) => html`<span key=${one.start} class="timeline-mark" style=${{ insetInlineStart: share(one.start) }}></span>`)}
      <span class="timeline-knob" style=${{ insetInlineStart: share(time) }}></span>
      ${hover !== null && html`<${Preview} at=${hover} left=${share(hover)} tiles=${tiles} chapters=${chapters} />`}
    </div>
    ${lanes.map(
      (lane) => html`<div key=${lane.name} class=${`lane ${lane.name}`}>
        <span class="lane-name">${say.lane[lane.name]}</span>
        <span class="lane-items">
          ${lane.items.slice(0, 400).map(
            (item, number) => html`<button
              key=${number}
              type="button"
              tabindex=${number ? -1 : 0}
              class=${item.grave ? `grave-${item.grave}` : ""}
              style=${{ insetInlineStart: share(item.start), inlineSize: share(item.end - item.start) }}
              title=${`${place(item.start)}–${place(item.end)}  ${item.label}${item.confidence === undefined ? "" : `  ${say.confidence(item.confidence)}`}`}
              aria-label=${say.jump(item.label, place(item.start))}
              onClick=${() => seek(item.start)}
            ></button>`,
          )}
        </span>
      </div>`,
    )}
  </div>`;
}

/** The tile of the sprite for this moment, its time and its chapter. */
function Preview({ at, left, tiles, chapters }) {
  const tile = tiles.find((one) => at >= one.start && at < one.end) || (tiles.length && at >= tiles.at(-1).start ? tiles.at(-1) : null);
  const chapter = chapters.find((one) => at >= one.start && at < one.end);
  return html`<span class="preview" style=${{ insetInlineStart: `clamp(84px, ${left}, calc(100% - 84px))` }}>
    ${tile &&
    html`<span
      class="preview-tile"
      style=${{
        inlineSize: `${tile.width}px`,
        blockSize: `${tile.height}px`,
        backgroundImage: `url(${JSON.stringify(tile.picture.url)})`,
        backgroundPosition: `-${tile.x}px -${tile.y}px`,
      }}
    ></span>`}
    <span>${place(at, true)}${chapter ? ` · ${chapter.text}` : ""}</span>
  </span>`;
}
