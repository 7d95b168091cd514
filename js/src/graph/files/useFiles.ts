import { useCallback, useMemo, useRef, useState } from "react";
import type { Ask } from "../../wire/requests";
import type { LayerStack, Texts } from "../../wire/types";
import { copyText, download } from "../code/handOut";
import { fill } from "../drawing/format";
import { type PresetCard, readCodeText, readOpened, readPresets, readSavedForm } from "./answers";
import { MAX_FILE_MB, textOf } from "./handOver";
import { PNG_CARDS, pngOfSvg } from "./picture";

interface Options {
  readonly ask: Ask;
  readonly texts: Texts;
  /** Draws a design, as one step; `number` tells Python whose config goes with it. */
  readonly onOpen: (stack: LayerStack, number: number) => void;
  /** Says a sentence to the person: what was done, or why it was not; an empty one is no longer true. */
  readonly onTrouble: (words: string) => void;
}

export type Files = ReturnType<typeof useFiles>;

const SVG = "image/svg+xml";
const JSON_FILE = "application/json";

/** Everything that the menu of files, the gallery, a dropped file and the note about the file can ask for. */
export function useFiles({ ask, texts, onOpen, onTrouble }: Options) {
  const [waiting, setWaiting] = useState(0);
  const latest = useRef({ texts, onOpen, onTrouble });
  latest.current = { texts, onOpen, onTrouble };

  /** Does something that may fail; what fails is said where it was asked for. */
  const attempt = useCallback(async (act: () => Promise<unknown>) => {
    setWaiting((count) => count + 1);
    latest.current.onTrouble("");
    try {
      await act();
    } catch (error) {
      latest.current.onTrouble(error instanceof Error ? error.message : String(error));
    } finally {
      setWaiting((count) => count - 1);
    }
  }, []);

  const actions = useMemo(() => {
    const open = async (kind: string, content: Record<string, unknown>, name: string) => {
      const { stack, number, notes } = readOpened(await ask(kind, content));
      latest.current.onOpen(stack, number);
      if (notes.length === 0) return;
      latest.current.onTrouble(`${fill(latest.current.texts.file_notes, { name })} ${notes.join(" ")}`);
    };
    const save = async (content: BlobPart, type: string, ending: string) => {
      download(content, type, `${String(await ask("file-name"))}${ending}`);
    };
    const picture = (size = {}) => ask("picture", { theme: "light", ...size }).then(String);
    return {
      openEmpty: () => attempt(() => open("open", {}, "")),
      openPreset: (name: string) => attempt(() => open("open", { preset: name }, name)),
      openText: (text: string, name: string) => attempt(() => open("open", { text, name }, name)),
      openFile: (file: File) =>
        attempt(async () => {
          const text = await textOf(file);
          if (text !== null) return open("open", { text, name: file.name }, file.name);
          throw new Error(fill(latest.current.texts.file_too_large, { name: file.name, mb: MAX_FILE_MB }));
        }),
      takeFile: () => attempt(() => open("file-take", {}, "")),
      keepMine: () => attempt(() => ask("file-keep")),
      saveJson: () =>
        attempt(async () => {
          const { name, text } = readSavedForm(await ask("json"));
          download(text, JSON_FILE, name);
        }),
      saveCode: () => attempt(async () => save(readCodeText(await ask("code")), "text/x-python", ".py")),
      saveSvg: () => attempt(async () => save(await picture(), SVG, ".svg")),
      savePng: () =>
        attempt(async () => save(await pngOfSvg(await picture({ cards: PNG_CARDS })), "image/png", ".png")),
      copyDesign: () =>
        attempt(async () => {
          const { text } = readSavedForm(await ask("json"));
          const { texts, onTrouble } = latest.current;
          onTrouble(((await copyText(text)) ? texts.file_copied : texts.file_not_copied) ?? "");
        }),
    };
  }, [ask, attempt]);

  const [presets, setPresets] = useState<readonly PresetCard[] | null>(null);
  const loadPresets = useCallback(
    () => attempt(async () => setPresets(readPresets(await ask("gallery")))),
    [ask, attempt],
  );
  return { ...actions, presets, loadPresets, isWaiting: waiting > 0 };
}
