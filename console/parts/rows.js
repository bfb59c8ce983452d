// A long list of which only the part in view is drawn.
import { html, useLayoutEffect, useRef, useState } from "../vendor/reactive.js";

const BEYOND = 8;
const NEAR_END_ROWS = 25;

/**
 * A table of `count` rows, each `height` pixels high, drawn by `row(index)`. `total` is what there is in all; when the end of
 * what is loaded comes near, `nearEnd` is called. `place` keeps where it was scrolled to: {top}, and which rows are drawn: [first,
 * last). Arrow keys go from row to row.
 */
export function Rows({ label, head, count, total, height, row, nearEnd, place, scrolled }) {
  const box = useRef();
  const [view, setView] = useState({ top: place.top, height: 800 });

  useLayoutEffect(() => {
    const element = box.current;
    element.scrollTop = place.top;
    const measured = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measured);
    observer.observe(element);
    measured();
    return () => observer.disconnect();
  }, [place]);

  const first = Math.max(0, Math.min(count - 1, Math.floor(view.top / height)) - BEYOND);
  const last = Math.min(count, Math.ceil((view.top + view.height) / height) + BEYOND);
  Object.assign(place, { first, last });
  const isNearEnd = last > count - NEAR_END_ROWS;
  useLayoutEffect(() => {
    if (isNearEnd) nearEnd();
  }, [isNearEnd, count]);

  const onScroll = (event) => {
    const top = event.currentTarget.scrollTop;
    place.top = top;
    scrolled?.(top);
    setView((old) => ({ ...old, top }));
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = event.target.closest?.("[data-row]");
    if (!step || !here || event.target.closest("[role=menu]")) return;
    event.preventDefault();
    const index = Number(here.dataset.row) + step;
    const wanted = box.current.querySelector(`[data-row="${index}"] a`);
    wanted?.focus({ preventScroll: true });
    keepInView(box.current, index * height, height);
  };
  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, offset) => row(first + offset));
  return html`<div class="rows" ref=${box} onScroll=${onScroll} onKeyDown=${onKeyDown} tabindex="0" role="table" aria-label=${label} aria-rowcount=${total + 1}>
    ${head}
    <div class="rows-all" role="rowgroup" style=${{ blockSize: `${count * height}px` }}>
      <div class="rows-drawn" role="presentation" style=${{ transform: `translateY(${first * height}px)` }}>${drawn}</div>
    </div>
  </div>`;
}

function keepInView(box, top, height) {
  const head = box.firstElementChild?.offsetHeight || 0;
  if (top < box.scrollTop) box.scrollTop = top;
  if (top + height + head > box.scrollTop + box.clientHeight) box.scrollTop = top + height + head - box.clientHeight;
}
