import { useEffect, useState } from "react";

/** Whether something has been going on for so long that a person wonders. */
export function useSlow(isGoingOn: boolean, afterMs = 1500): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return;
    const timer = setTimeout(() => setIsSlow(true), afterMs);
    return () => {
      clearTimeout(timer);
      setIsSlow(false);
    };
  }, [isGoingOn, afterMs]);
  return isSlow;
}
