// The console: who is signed in, where they are, and the frame around every view.
import { effect, html, render, signal, useEffect, useErrorBoundary, useRef, useState } from "./vendor/reactive.js";
import { words } from "./words.en.js";
import { forget } from "./core/api.js";
import { href, route } from "./core/router.js";
import { canAdminister, canSubmit, session, signOut } from "./core/session.js";
import { Button, Empty, Loading } from "./parts/basics.js";
import { Menu, Overlays } from "./parts/dialogs.js";
import { Icon, Logo } from "./parts/icons.js";
import { SignIn } from "./views/sign-in.js";
import { Tasks } from "./views/tasks.js";

/** The views that not everybody needs at once are loaded when they are opened. */
const VIEWS = {
  tasks: async () => (route.value.parts[1] ? (await import("./views/task.js")).TaskPage : Tasks),
  create: async () => (await import("./views/create.js")).Create,
  usage: async () => (await import("./views/usage.js")).Usage,
  library: async () => (await import("./views/library.js")).Library,
  keys: async () => (await import("./views/keys.js")).Keys,
  webhooks: async () => (await import("./views/webhooks.js")).Webhooks,
};

const THEME = "sluice.theme";
const theme = signal(localStorage.getItem(THEME) || "system");

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem(THEME, theme.value);
});

effect(() => {
  // what one key was told is not for the next
  if (!session.value) forget();
});

function App() {
  return session.value ? html`<${Frame} />` : html`<${SignIn} /><${Overlays} />`;
}

function Frame() {
  return html`
    <a class="skip" href="#main" onClick=${skip}>${words.skip}</a>
    <${Navigation} />
    <main id="main" tabindex="-1"><${View} /></main>
    <${Overlays} />
  `;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function Navigation() {
  const here = route.value.parts[0] || "tasks";
  const places = [
    ["tasks", true],
    ["create", canSubmit.value],
    ["usage", true],
    ["library", true],
    ["webhooks", canAdminister.value],
    ["keys", canAdminister.value],
  ].filter(([, shown]) => shown);
  return html`<header class="side">
    <a class="brand" href=${href("tasks")}><${Logo} /><span>${words.name}</span></a>
    <nav aria-label=${words.nav.label}>
      ${places.map(
        ([name]) => html`<a key=${name} href=${href(name)} aria-current=${here === name ? "page" : undefined}>
          <${Icon} name=${name} /><span>${words.nav[name]}</span>
        </a>`,
      )}
    </nav>
    <div class="who">
      <span class="who-name" title=${session.value.id}>
        <strong>${session.value.name}</strong>
        <small>${words.scope[session.value.scope]}</small>
      </span>
      <${Menu} label=${words.common.more} items=${personal()} align="who-menu" />
    </div>
  </header>`;
}

function personal() {
  const themes = ["system", "light", "dark"].map((name) => ({
    label: words.theme[name],
    icon: theme.value === name ? "check" : "theme",
    run: () => (theme.value = name),
  }));
  return [...themes, { label: words.signIn.out, icon: "out", run: () => signOut() }];
}

/** The view of this place. The focus follows, so that who hears the page knows that it has changed. */
function View() {
  const [name = "tasks", item] = route.value.parts;
  const [shown, setShown] = useState(null);
  const before = useRef(null);
  const [error, clearError] = useErrorBoundary((caught) => console.error(caught));
  const place = `${name}/${item || ""}`;
  useEffect(() => {
    let gone = false;
    clearError();
    const load = VIEWS[name] ? VIEWS[name]() : Promise.resolve(NotFound);
    load.then((Found) => gone || setShown({ Found, place }), (problem) => gone || setShown({ Found: Broken, place, problem }));
    if (before.current !== null && before.current !== place) document.getElementById("main")?.focus({ preventScroll: true });
    before.current = place;
    return () => {
      gone = true;
    };
  }, [place]);
  if (error) return html`<${Broken} />`;
  if (!shown) return html`<div class="page"><${Loading} rows=${6} /></div>`;
  return html`<${shown.Found} key=${shown.place} id=${shown.place.split("/")[1]} />`;
}

function NotFound() {
  return html`<div class="page"><${Empty} title=${words.problem.notFound}>${words.problem.notFoundLead}</${Empty}></div>`;
}

function Broken() {
  const again = html`<${Button} kind="primary" onClick=${() => location.reload()}>${words.problem.reload}</${Button}>`;
  return html`<div class="page"><${Empty} title=${words.problem.unexpected} action=${again} /></div>`;
}

render(html`<${App} />`, document.getElementById("app"));
