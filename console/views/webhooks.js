// Addresses that hear of tasks: who hears what, and what was sent.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { call } from "../core/api.js";
import { useLive } from "../core/live.js";
import { canAdminister } from "../core/session.js";
import { Button, Copy, Empty, Field, Loading, Problem, Time } from "../parts/basics.js";
import { Dialog, confirmed, notify, notifyError } from "../parts/dialogs.js";
import { DeliveryList } from "./deliveries.js";

const say = words.webhooks;

export function Webhooks() {
  const { data, error, again } = useLive("/webhooks");
  const [making, setMaking] = useState(false);
  return html`<div class="page">
    <div class="page-head">
      <h1>${say.title}</h1>
      <span class="grow"></span>
      ${canAdminister.value && html`<${Button} kind="primary" icon="create" onClick=${() => setMaking(true)}>${say.new}</${Button}>`}
    </div>
    <p class="lead">${say.lead}</p>
    ${error && html`<${Problem} error=${error} again=${again} />`}
    ${!data && !error && html`<${Loading} rows=${3} />`}
    ${data?.length === 0 && html`<div class="card"><${Empty} icon="webhooks" title=${say.empty}>${say.emptyLead}</${Empty}></div>`}
    ${data?.map((one) => html`<${Webhook} key=${one.id} webhook=${one} changed=${again} />`)}
    ${making && html`<${NewWebhook} close=${() => setMaking(false)} made=${again} />`}
  </div>`;
}

function Webhook({ webhook, changed }) {
  const [open, setOpen] = useState(false);
  const act = (doing, done) => async () => {
    try {
      await doing();
      notify(done);
      changed();
    } catch (error) {
      notifyError(error);
    }
  };
  const toggle = act(() => call("PATCH", `/webhooks/${webhook.id}`, { active: !webhook.active }), words.library.saved);
  const remove = async () => {
    const sure = await confirmed({ title: say.deleteTitle, lead: say.deleteLead, go: words.common.delete });
    if (sure) await act(() => call("DELETE", `/webhooks/${webhook.id}`), words.library.deleted)();
  };
  return html`<section class="card" aria-label=${webhook.url}>
    <div class="card-head">
      <h2 class="address">${webhook.url}</h2>
      <span class="grow"></span>
      ${canAdminister.value &&
      html`<label class="toggle"><input type="checkbox" checked=${webhook.active} onChange=${toggle} /><span>${say.active}</span></label>
        <${Button} kind="quiet" icon="trash" aria-label=${`${words.common.delete}: ${webhook.url}`} title=${words.common.delete} onClick=${remove} />`}
    </div>
    <div class="card-body stack">
      ${webhook.description && html`<p>${webhook.description}</p>`}
      ${webhook.disabled && html`<p class="problem">${say.disabled(webhook.disabled)}</p>`}
      <p class="chips"><b>${say.events}</b> ${(webhook.events.length ? webhook.events : [say.everyEnd]).map((name) => html`<span key=${name} class="chip">${name}</span>`)}</p>
      <p class="hint">${say.since} <${Time} at=${webhook.created_at} /></p>
      <details onToggle=${(event) => setOpen(event.target.open)}>
        <summary>${say.deliveries}</summary>
        ${open && html`<${Sent} webhook=${webhook} />`}
      </details>
    </div>
  </section>`;
}

function Sent({ webhook }) {
  const { data, error, again } = useLive(`/webhooks/${webhook.id}/deliveries`);
  if (error) return html`<${Problem} error=${error} again=${again} />`;
  if (!data) return html`<${Loading} rows=${2} />`;
  return data.length ? html`<${DeliveryList} deliveries=${data} again=${again} />` : html`<p class="hint">${say.none}</p>`;
}

/** The events are those that the API's own document names. */
function NewWebhook({ close, made }) {
  const document = useLive("/openapi.json");
  const known = eventsIn(document.data);
  const [body, setBody] = useState({ url: "", description: "", events: [] });
  const [secret, setSecret] = useState("");
  const [error, setError] = useState(null);
  const toggle = (name) => setBody({ ...body, events: body.events.includes(name) ? body.events.filter((one) => one !== name) : [...body.events, name] });
  const submit = async (event) => {
    event.preventDefault();
    try {
      setSecret((await call("POST", "/webhooks", body)).secret);
      made();
    } catch (problem) {
      setError(problem);
    }
  };
  if (secret) {
    return html`<${Dialog} title=${words.keys.secretTitle} close=${close}>
      <p>${say.secretLead}</p>
      <div class="secrets"><${Copy} text=${secret}><code class="mono">${secret}</code></${Copy}></div>
      <div class="dialog-actions"><${Button} kind="primary" onClick=${close}>${words.keys.done}</${Button}></div>
    </${Dialog}>`;
  }
  return html`<${Dialog} title=${say.new} close=${close}>
    <form class="stack" onSubmit=${submit} novalidate>
      ${error && error.field !== "url" && html`<${Problem} error=${error} />`}
      <${Field} label=${say.address} error=${error?.field === "url" ? error.message : ""}>
        ${(told) => html`<input ...${told} type="url" name="webhook-url" autofocus value=${body.url} onInput=${(event) => setBody({ ...body, url: event.target.value })} />`}
      </${Field}>
      <${Field} label=${words.library.description} optional>
        ${(told) => html`<input ...${told} type="text" name="webhook-description" value=${body.description} onInput=${(event) => setBody({ ...body, description: event.target.value })} />`}
      </${Field}>
      ${known.length > 0 &&
      html`<fieldset class="field">
        <legend>${say.events}</legend>
        <div class="ticks">
          ${known.map((name) => html`<label key=${name} class="toggle"><input type="checkbox" checked=${body.events.includes(name)} onChange=${() => toggle(name)} /><span>${name}</span></label>`)}
        </div>
        <p class="hint">${say.eventsHint}</p>
      </fieldset>`}
      <div class="dialog-actions">
        <${Button} onClick=${close}>${words.common.cancel}</${Button}>
        <button type="submit" class="button primary">${say.create}</button>
      </div>
    </form>
  </${Dialog}>`;
}

function eventsIn(document) {
  return document?.components?.schemas?.NewWebhook?.properties?.events?.items?.enum || [];
}
