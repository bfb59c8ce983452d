// Where in the console we are: #/tasks/ID?name=value. What stands behind # never leaves the browser.
import { signal } from "../vendor/reactive.js";

/** {parts: ["tasks", ID], query: URLSearchParams} */
export const route = signal(read());

window.addEventListener("hashchange", () => {
  route.value = read();
});

function read() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a place: href("tasks", id), href("tasks", {status: "failed"}). */
export function href(...parts) {
  const query = typeof parts.at(-1) === "object" ? new URLSearchParams(filled(parts.pop())) : "";
  return `#/${parts.map(encodeURIComponent).join("/")}${String(query) && `?${query}`}`;
}

function filled(values) {
  return Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
}

export function go(...parts) {
  location.hash = href(...parts);
}

/** As `go`, without a step in the browser's history: for filters. */
export function goQuietly(...parts) {
  history.replaceState(null, "", href(...parts));
  route.value = read();
}
