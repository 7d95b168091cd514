import type { Texts } from "../../wire/types";
import { CloseButton } from "../menu/CloseButton";
import type { FileState } from "./answers";

interface Props {
  readonly texts: Texts;
  readonly fileState: FileState;
  /** Whether the person may only read, and has nothing to choose. */
  readonly isReadOnly: boolean;
  /** Why something could not be done; empty where nothing went wrong. */
  readonly trouble: string;
  readonly onTake: () => void;
  readonly onKeep: () => void;
  readonly onClose: () => void;
}

/** What stands between the drawing and its file, with the choices that there are, and what else went wrong with files. */
export function FileNotes({ texts, fileState, isReadOnly, trouble, onTake, onKeep, onClose }: Props) {
  const { state, words, isTrouble } = fileState;
  const hasOther = state === "changed underneath" || state === "unreadable";
  return (
    <div className="slm-file-notes" aria-live="polite">
      {isTrouble && (
        <div className="slm-file-note" data-testid="file-note" data-state={state}>
          <p>{words}</p>
          {!isReadOnly && (
            <div className="slm-file-choices">
              {state === "changed underneath" && (
                <button type="button" className="slm-choice" data-testid="file-take" onClick={onTake}>
                  {texts.file_take}
                </button>
              )}
              <button type="button" className="slm-choice" data-testid="file-keep" onClick={onKeep}>
                {hasOther ? texts.file_keep : texts.file_write}
              </button>
            </div>
          )}
        </div>
      )}
      {trouble !== "" && (
        <div className="slm-file-note" data-testid="file-trouble">
          <p>{trouble}</p>
          <CloseButton id="file-trouble-close" texts={texts} onClose={onClose} />
        </div>
      )}
    </div>
  );
}
