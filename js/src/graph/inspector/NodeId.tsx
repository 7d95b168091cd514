import { type KeyboardEvent, useState } from "react";
import type { Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import { usePageId } from "../editor/usePageId";

interface Props {
  readonly id: string;
  readonly taken: ReadonlySet<string>;
  readonly texts: Texts;
  /** None where the id cannot be changed. */
  readonly onRename?: ((id: string) => void) | undefined;
}

/** The id under the title; a click makes it a field. */
export function NodeId({ id, taken, texts, onRename }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const [isLeftByKey, setIsLeftByKey] = useState(false);
  const noteId = usePageId();
  if (!onRename) return <code className="slm-id">{id}</code>;
  if (draft === null)
    return (
      <button
        type="button"
        className="slm-id slm-id-button"
        data-testid="rename-id"
        aria-label={`${texts.rename_id}: ${id}`}
        title={texts.rename_id}
        // biome-ignore lint/a11y/noAutofocus: the field that was left by a key has become this button again
        autoFocus={isLeftByKey}
        onClick={() => setDraft(id)}
      >
        <code>{id}</code>
      </button>
    );
  const refusal = refuse(draft, id, taken, texts);
  const close = (isByKey: boolean) => {
    setIsLeftByKey(isByKey);
    setDraft(null);
  };
  const leave = (isByKey: boolean) => {
    close(isByKey);
    if (refusal === null && draft.trim() !== id) onRename(draft.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // Hangul on its way
    if (event.key === "Enter" && refusal === null) {
      event.preventDefault(); // it would press the button that gets the focus
      leave(true);
    }
    if (event.key !== "Escape") return;
    event.stopPropagation(); // it leaves the field and nothing else
    close(true);
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the button that was pressed has become this field
        autoFocus
        className="slm-input"
        data-testid="id"
        type="text"
        autoComplete="off"
        spellCheck={false}
        aria-label={texts.id}
        aria-invalid={refusal !== null}
        aria-describedby={noteId}
        value={draft}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => leave(false)}
        onKeyDown={onKeyDown}
      />
      <div id={noteId} className="slm-field-problem" role="status">
        {refusal}
      </div>
    </>
  );
}

function refuse(draft: string, id: string, taken: ReadonlySet<string>, texts: Texts): string | null {
  const wanted = draft.trim();
  if (wanted === "") return texts.id_empty ?? "";
  return wanted !== id && taken.has(wanted) ? fill(texts.id_taken, { id: wanted }) : null;
}
