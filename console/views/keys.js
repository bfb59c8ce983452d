// API keys: who has one, making one, revoking one.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { call } from "../core/api.js";
import { useLive } from "../core/live.js";
import { canAdminister, session } from "../core/session.js";
import { Button, Copy, Empty, Field, Loading, Problem, Time } from "../parts/basics.js";
import { Dialog, confirmed, notify, notifyError } from "../parts/dialogs.js";

const say = words.keys;

export function Keys() {
  if (!canAdminister.value) return html`<div class="page"><${Empty} icon="keys" title=${say.adminOnly}>${say.adminOnlyLead}</${Empty}></div>`;
  return html`<${List} />`;
}

function List() {
  const { data, error, again } = useLive("/keys");
  const [making, setMaking] = useState(false);
  const revoke = (key) => async () => {
    if (!(await confirmed({ title: say.revokeTitle(key.name), lead: say.revokeLead, go: say.revoke }))) return;
    try {
      await call("DELETE", `/keys/${key.id}`);
      notify(say.revoked);
      again();
    } catch (problem) {
      notifyError(problem);
    }
  };
  return html`<div class="page">
    <div class="page-head">
      <h1>${say.title}</h1>
      <span class="grow"></span>
      <${Button} kind="primary" icon="create" onClick=${() => setMaking(true)}>${say.new}</${Button}>
    </div>
    <p class="lead">${say.lead}</p>
    ${error && html`<${Problem} error=${error} again=${again} />`}
    ${!data && !error && html`<${Loading} rows=${4} />`}
    ${data &&
    html`<div class="card scroll-x" tabindex="0" role="region" aria-label=${say.title}>
      <table class="table">
        <thead>
          <tr><th scope="col">${say.name}</th><th scope="col">${say.scope}</th><th scope="col" class="wide-only">${say.tenant}</th><th scope="col" class="wide-only">${say.limits}</th><th scope="col" class="wide-only">${say.created}</th><th scope="col"><span class="unseen">${words.tasks.actions}</span></th></tr>
        </thead>
        <tbody>
          ${data.map(
            (key) => html`<tr key=${key.id}>
              <td><b>${key.name}</b><br /><span class="mono faint">${key.id}</span></td>
              <td>${words.scope[key.scope]}</td>
              <td class="wide-only">${key.tenant}</td>
              <td class="faint wide-only">${say.limitsText(key.limits)}</td>
              <td class="wide-only"><${Time} at=${key.created_at} /></td>
              <td class="number">
                ${key.id === session.value.id
                  ? html`<span class="faint">${say.you}</span>`
                  : html`<${Button} kind="quiet" icon="trash" aria-label=${`${say.revoke}: ${key.name}`} title=${say.revoke} onClick=${revoke(key)} />`}
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`}
    ${making && html`<${NewKey} close=${() => setMaking(false)} made=${again} />`}
  </div>`;
}

/** Its secrets are shown here, this once, and kept nowhere. */
function NewKey({ close, made }) {
  const [name, setName] = useState("");
  const [scope, setScope] = useState("submit");
  const [key, setKey] = useState(null);
  const [error, setError] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    try {
      setKey(await call("POST", "/keys", { name, scope }));
      made();
    } catch (problem) {
      setError(problem);
    }
  };
  if (key) {
    return html`<${Dialog} title=${say.secretTitle} close=${close}>
      <p>${say.secretLead}</p>
      <dl class="secrets">
        ${[["secret", say.secret], ["signing_secret", say.signingSecret]].map(
          ([member, label]) => html`<div key=${member}><dt>${label}</dt><dd><${Copy} text=${key[member]}><code class="mono">${key[member]}</code></${Copy}></dd></div>`,
        )}
      </dl>
      <div class="dialog-actions"><${Button} kind="primary" onClick=${close}>${say.done}</${Button}></div>
    </${Dialog}>`;
  }
  return html`<${Dialog} title=${say.new} close=${close}>
    <form onSubmit=${submit} class="stack" novalidate>
      ${error && !error.field && html`<${Problem} error=${error} />`}
      <${Field} label=${say.name} error=${error?.field === "name" ? error.message : ""}>
        ${(told) => html`<input ...${told} type="text" name="key-name" maxlength="100" value=${name} autofocus onInput=${(event) => setName(event.target.value)} />`}
      </${Field}>
      <fieldset class="field">
        <legend>${say.scope}</legend>
        ${Object.entries(say.scopes).map(
          ([value, text]) => html`<label key=${value} class="toggle"><input type="radio" name="scope" value=${value} checked=${scope === value} onChange=${() => setScope(value)} /><span>${text}</span></label>`,
        )}
      </fieldset>
      <div class="dialog-actions">
        <${Button} onClick=${close}>${words.common.cancel}</${Button}>
        <button type="submit" class="button primary">${say.create}</button>
      </div>
    </form>
  </${Dialog}>`;
}
