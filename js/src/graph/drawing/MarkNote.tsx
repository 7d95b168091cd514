import type { Mark } from "./nodeTypes";

const SIGNS = { added: "＋", removed: "−", changed: "~", moved: "⇅" } as const;

/** How a layer differs from the design beside it, under what it says itself. */
export function MarkNote({ mark }: { readonly mark: Mark | null }) {
  if (!mark) return null;
  return (
    <div className="slm-mark">
      <span aria-hidden="true">{SIGNS[mark.kind]}</span> {mark.words}
    </div>
  );
}
