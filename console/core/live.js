// Asking again and again, while somebody looks.
import { useEffect, useRef, useState } from "../vendor/reactive.js";
import { get } from "./api.js";

/**
 * Calls `ask` now, and again `seconds` after each answer; never in a background tab. `ask` gets an AbortSignal.
 * A number of seconds of 0 asks once. Changes of `keys` begin anew.
 */
export function usePolling(ask, seconds, keys) {
  const latest = useRef();
  latest.current = { ask, seconds };
  useEffect(() => {
    let timer = 0;
    let aborting = null;
    const stop = () => {
      clearTimeout(timer);
      aborting?.abort();
      aborting = null;
    };
    const round = async () => {
      stop();
      if (document.hidden) return;
      const mine = (aborting = new AbortController());
      await latest.current.ask(mine.signal);
      if (mine.signal.aborted) return;
      aborting = null;
      if (latest.current.seconds) timer = setTimeout(round, latest.current.seconds * 1000);
    };
    const look = () => (document.hidden ? stop() : round());
    round();
    document.addEventListener("visibilitychange", look);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", look);
    };
  }, keys);
}

/**
 * What a path answers, kept up to date: {data, headers, error, again}. `data` is null until the first answer; an error
 * leaves what was known before. `pace(data)` gives the seconds until the next question.
 */
export function useLive(path, pace = () => 0) {
  const [state, setState] = useState({ path, data: null, headers: null, error: null });
  const [round, setRound] = useState(0);
  const current = state.path === path ? state : { path, data: null, headers: null, error: null };
  const seconds = current.error ? (current.error.status === 404 ? 0 : 5) : current.data ? pace(current.data) : 0;
  const ask = async (signal) => {
    try {
      const answer = await get(path, { signal });
      setState((old) => (old.data === answer.data && !old.error && old.path === path ? old : { path, ...answer, error: null }));
    } catch (error) {
      if (error.name === "AbortError") return;
      setState((old) => ({ ...(old.path === path ? old : { path, data: null, headers: null }), error }));
    }
  };
  usePolling(path ? ask : async () => {}, seconds, [path, round, seconds > 0]);
  return { ...current, again: () => setRound((number) => number + 1) };
}
