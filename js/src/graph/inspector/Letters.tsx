import { Fragment } from "react";

// A letter with what hangs below it: x_t, W_1, top_k.
const INDEXED = /([A-Za-z\u0391-\u03c9]+\u0304?_[A-Za-z0-9]+)/;

/** What the letters of a formula mean, with x_t written as in the formula. */
export function Letters({ text }: { readonly text: string }) {
  return (
    <p className="slm-muted">
      {text.split(INDEXED).map((part, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the same letter may come twice, and the order never changes
        return <Fragment key={at}>{at % 2 === 0 ? part : indexed(part)}</Fragment>;
      })}
    </p>
  );
}

function indexed(part: string) {
  const [letter, index] = part.split("_");
  return (
    <>
      <i>{letter}</i>
      <sub>{index}</sub>
    </>
  );
}
