import { type ReactNode, useState } from "react";
import type { Texts } from "../../wire/types";
import { copyText, download } from "../code/handOut";

interface Props {
  readonly texts: Texts;
  /** The design as it would be saved to a file. */
  readonly text: () => string;
  /** Whether the kernel that knew this design is gone. */
  readonly isLost: boolean;
  /** Whether Python has not answered for so long that it may be. */
  readonly isSilent: boolean;
  readonly hasOffer: boolean;
  readonly onRestore: () => void;
  readonly onForget: () => void;
}

/** What a person must know about where the drawing is kept; nothing as long as all is well. */
export function SessionNotes(props: Props) {
  const { texts, text, hasOffer } = props;
  if (props.isLost) return <LostNote id="lost" words={texts.kernel_lost} {...{ texts, text }} />;
  if (props.isSilent) return <LostNote id="silent" words={texts.kernel_silent} {...{ texts, text }} />;
  if (!hasOffer) return null;
  return (
    <Note id="offer" words={texts.offer_drawing}>
      <Choice id="offer-restore" words={texts.offer_restore} onClick={props.onRestore} />
      <Choice id="offer-forget" words={texts.offer_forget} onClick={props.onForget} />
    </Note>
  );
}

interface LostProps extends Pick<Props, "texts" | "text"> {
  readonly id: string;
  readonly words: string | undefined;
}

function LostNote({ texts, text, id, words }: LostProps) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Note id={id} words={words}>
      <Choice
        id="lost-copy"
        words={isCopied ? texts.copied : texts.copy_design}
        onClick={async () => setIsCopied(await copyText(text()))}
      />
      <Choice
        id="lost-download"
        words={texts.download}
        onClick={() => download(text(), "application/json", "design.slm.json")}
      />
    </Note>
  );
}

interface NoteProps {
  readonly id: string;
  readonly words: string | undefined;
  readonly children: ReactNode;
}

function Note({ id, words, children }: NoteProps) {
  return (
    <div className="slm-session" role="status" data-testid={`session-${id}`}>
      <span>{words}</span>
      {children}
    </div>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly words: string | undefined;
  readonly onClick: () => void;
}

function Choice({ id, words, onClick }: ChoiceProps) {
  return (
    <button type="button" data-testid={id} onClick={onClick}>
      {words}
    </button>
  );
}
