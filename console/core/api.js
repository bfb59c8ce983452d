// The API, asked with the key of this tab.
import { session, signOut } from "./session.js";

const MOST_TRIES = 3;

/** What was answered before, by path: asked for again with its tag, an answer that hasn't changed stays the same object. */
const known = new Map();
const MOST_KNOWN = 200;

/** An error in the API's words: `kind` is stable, `field` the path of the bad value. `status` 0: nobody answered. */
export class ApiError extends Error {
  constructor(status, { kind = "unknown", message = "", field = null } = {}) {
    super(message);
    Object.assign(this, { status, kind, field });
  }
}

/** GET: {data, headers}. The same object as before while nothing has changed. */
export async function get(path, { signal } = {}) {
  const before = known.get(path);
  const headers = before?.tag ? { "If-None-Match": before.tag } : {};
  const response = await send("GET", path, { headers, signal });
  if (response.status === 304 && before) return before.answer;
  const answer = { data: await response.json(), headers: response.headers };
  remember(path, { tag: response.headers.get("ETag"), answer });
  return answer;
}

/** POST, PUT, PATCH or DELETE: the answer's data. */
export async function call(method, path, body, headers = {}) {
  const response = await send(method, path, {
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.status === 204 ? null : response.json();
}

/** Who the holder of a secret is, and where files lie: {id, name, scope, tenant, bucket}. */
export async function whoIs(secret) {
  const response = await send("GET", "/console/me", { secret });
  return response.json();
}

/** One request. A redirect isn't followed: its answer has the type `opaqueredirect`. */
export async function send(method, path, { headers = {}, body, signal, secret = session.value?.secret } = {}) {
  for (let tried = 1; ; tried++) {
    const response = await fetched(path, {
      method,
      body,
      signal,
      redirect: "manual",
      cache: "no-store",
      headers: { Authorization: `Bearer ${secret}`, ...headers },
    });
    if (response.ok || response.status === 304 || response.type === "opaqueredirect") return response;
    if (response.status === 429 && tried < MOST_TRIES) {
      await pause(1000 * Math.min(10, Number(response.headers.get("Retry-After")) || tried));
      continue;
    }
    throw await failure(response, secret);
  }
}

async function fetched(path, request) {
  try {
    return await fetch(path, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, { kind: "offline" });
  }
}

async function failure(response, secret) {
  const told = await response.json().catch(() => ({}));
  if (response.status === 401 && secret === session.value?.secret) signOut("expired");
  return new ApiError(response.status, told);
}

function remember(path, answer) {
  known.delete(path);
  known.set(path, answer);
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
}

/** What one key was told is not for the next. */
export function forget() {
  known.clear();
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
