// What was sent to whoever wanted to hear of a task, and sending it again.
import { html } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { call } from "../core/api.js";
import { useLive } from "../core/live.js";
import { canAdminister, canSubmit } from "../core/session.js";
import { Button, Time } from "../parts/basics.js";
import { notify, notifyError } from "../parts/dialogs.js";

const say = words.webhooks;

/** In a task's page: nothing at all where nobody wanted to hear. */
export function Deliveries({ task }) {
  const { data, again } = useLive(`/tasks/${task.id}/deliveries`);
  if (!data?.length) return null;
  return html`<section class="card">
    <div class="card-head"><h2>${words.task.deliveries}</h2></div>
    <${DeliveryList} deliveries=${data} again=${again} />
  </section>`;
}

export function DeliveryList({ deliveries, again }) {
  const resend = (one) => async () => {
    try {
      await call("POST", `/webhooks/deliveries/${encodeURIComponent(one.id)}/resend`);
      notify(say.resent);
      again();
    } catch (error) {
      notifyError(error);
    }
  };
  return html`<ul class="deliveries">
    ${deliveries.map((one) => {
      const last = one.requests.at(-1);
      return html`<li key=${one.id}>
        <span class=${`delivery-state ${one.state}`}>${say.state[one.state] || one.state}</span>
        <span><b>${one.type}</b> <small>${last ? [last.status_code ?? last.error, `${say.tries}: ${one.requests.length}`].filter(Boolean).join(" · ") : ""}</small></span>
        <${Time} at=${one.created_at} />
        ${(canSubmit.value || canAdminister.value) && html`<${Button} kind="quiet" icon="restart" aria-label=${`${say.resend}: ${one.type}`} title=${say.resend} onClick=${resend(one)} />`}
      </li>`;
    })}
  </ul>`;
}
