import type { CardData } from "./nodeTypes";

/** Shows or hides what is in a block. */
export function FoldButton({ data }: { readonly data: CardData }) {
  const { item, isFolded, texts, onFold } = data;
  const title = isFolded ? texts.unfold : texts.fold;
  return (
    <button
      type="button"
      className="slm-fold"
      data-testid={`fold-${item.key}`}
      title={title}
      aria-label={title}
      tabIndex={-1} // the tree's own arrow keys fold
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => onFold(item.key)}
    >
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        <path d={isFolded ? "M3 1.5 7 5 3 8.5" : "M1.5 3 5 7 8.5 3"} />
      </svg>
    </button>
  );
}
