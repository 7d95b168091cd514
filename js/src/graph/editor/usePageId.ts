import { useState } from "react";

/**
 * An id for one element, unlike any other in the whole notebook.
 *
 * React's own `useId` counts anew in each view of each editor, so that two of them on one page share their ids: a click on a
 * label then goes to a field of the other.
 */
export function usePageId(): string {
  const [id] = useState(() => `slm-${Math.random().toString(36).slice(2)}`);
  return id;
}
