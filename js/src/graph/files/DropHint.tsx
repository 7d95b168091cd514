/** Lies over the editor while a file is held over it. */
export function DropHint({ words }: { readonly words: string | undefined }) {
  return (
    <div className="slm-drop-hint" data-testid="drop-hint">
      <span>{words}</span>
    </div>
  );
}
