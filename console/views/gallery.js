// Pictures that a task has made, and one of them at a time, large.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { bytes, place } from "../core/format.js";
import { Button } from "../parts/basics.js";
import { Dialog } from "../parts/dialogs.js";
import { downloadOutput } from "./actions.js";

const say = words.player;
const FIRST = 24;

export function pictures(outputs) {
  return (outputs || []).filter((output) => /^image\//.test(output.type));
}

// Pictures are asked for as the player asks for its poster, across origins: a browser keeps one answer for both.
export function Gallery({ task, outputs }) {
  const all = pictures(outputs);
  const [open, setOpen] = useState(null);
  const [shown, setShown] = useState(FIRST);
  return html`<div class="gallery">
      ${all.slice(0, shown).map(
        (output, number) => html`<button key=${output.key} type="button" class="picture" onClick=${() => setOpen(number)}>
          <img src=${output.url} crossorigin="anonymous" alt=${output.name} loading="lazy" />
          <span><b>${output.name}</b>${output.time !== null && html`<small>${say.at(place(output.time))}</small>`}</span>
        </button>`,
      )}
    </div>
    ${all.length > shown && html`<${Button} onClick=${() => setShown(shown + 60)}>${words.subtask.moreFiles(all.length - shown)}</${Button}>`}
    ${open !== null && html`<${Large} task=${task} all=${all} number=${open} setNumber=${setOpen} />`}`;
}

function Large({ task, all, number, setNumber }) {
  const output = all[number];
  const step = (by) => setNumber((number + by + all.length) % all.length);
  const keys = (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  };
  const size = output.width ? `${output.width} × ${output.height} · ` : "";
  return html`<${Dialog} wide title=${output.name} close=${() => setNumber(null)} onKeyDown=${keys}>
    <div class="large">
      <img src=${output.url} crossorigin="anonymous" alt=${output.name} />
      <div class="large-foot">
        <${Button} icon="left" aria-label=${say.previous} onClick=${() => step(-1)} />
        <span role="status">${say.picture(number + 1, all.length)}<small>${size}${bytes(output.size)}</small></span>
        <${Button} icon="right" aria-label=${say.next} onClick=${() => step(1)} />
        <span class="grow"></span>
        <${Button} icon="download" onClick=${() => downloadOutput(task, output)}>${words.common.download}</${Button}>
      </div>
    </div>
  </${Dialog}>`;
}
