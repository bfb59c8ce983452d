// Who is signed in. The key lies in this tab's session storage, and nowhere else.
import { computed, signal } from "../vendor/reactive.js";

const PLACE = "sluice.key";
/** Where this browser remembers uploads that aren't complete: see unfinished.js. */
export const UPLOADS = "sluice.uploads";
const REACH = ["read", "submit", "admin"];

/** The key of this tab: {secret, id, name, scope, tenant, bucket}; null before the sign-in. */
export const session = signal(remembered());

/** Why the sign-in is shown: "", "expired" or "signedOut". */
export const farewell = signal("");

export const canSubmit = computed(() => reaches("submit"));
export const canAdminister = computed(() => reaches("admin"));

function reaches(scope) {
  return REACH.indexOf(session.value?.scope) >= REACH.indexOf(scope);
}

export function signIn(key) {
  sessionStorage.setItem(PLACE, JSON.stringify(key));
  farewell.value = "";
  session.value = key;
}

export function signOut(why = "signedOut") {
  sessionStorage.removeItem(PLACE);
  // whose key has merely ended may go on with another one
  if (why === "signedOut") localStorage.removeItem(UPLOADS);
  farewell.value = why;
  session.value = null;
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE));
  } catch {
    return null;
  }
}
