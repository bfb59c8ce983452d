// The door: an API key.
import { html, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { whoIs } from "../core/api.js";
import { farewell, signIn } from "../core/session.js";
import { Button, Field } from "../parts/basics.js";
import { Logo } from "../parts/icons.js";

const say = words.signIn;

export function SignIn() {
  const input = useRef();
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const [error, setError] = useState("");

  const submit = async (event) => {
    event.preventDefault();
    const secret = input.current.value.trim();
    if (!/^sk_key/.test(secret)) return refuse(say.malformed);
    setBusy(true);
    try {
      const key = await whoIs(secret);
      return signIn({ ...key, secret });
    } catch (problem) {
      setBusy(false);
      return refuse(problem.status === 401 ? say.refused : problem.status ? problem.message : words.problem.offline);
    }
  };
  const refuse = (text) => {
    setError(text);
    input.current.focus();
  };
  return html`<main class="door">
    <form class="door-card" onSubmit=${submit} novalidate>
      <span class="brand"><${Logo} /><span>${words.name}</span></span>
      <h1>${say.title}</h1>
      <p class="lead">${say.lead}</p>
      ${farewell.value && html`<p class=${`door-note ${farewell.value}`} role="status">${say[farewell.value]}</p>`}
      <${Field} label=${say.key} hint=${say.hint} error=${error}>
        ${(told) => html`<span class="with-button">
          <input ref=${input} ...${told} type=${shown ? "text" : "password"} name="key" autocomplete="off" spellcheck=${false} autofocus />
          <${Button} kind="quiet" icon="eye" aria-label=${shown ? say.hide : say.show} aria-pressed=${String(shown)} onClick=${() => setShown(!shown)} />
        </span>`}
      </${Field}>
      <button type="submit" class="button primary large" aria-disabled=${busy || undefined}>${busy ? say.checking : say.go}</button>
      <p class="hint">${say.help}</p>
    </form>
  </main>`;
}
