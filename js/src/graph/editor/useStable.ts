import { useCallback, useLayoutEffect, useRef } from "react";

/** A callback that always does the latest thing and never changes itself, so that what it is handed to need not render. */
export function useStable<A extends unknown[], R>(callback: (...args: A) => R): (...args: A) => R {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
