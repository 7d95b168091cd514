import { type ChangeEvent, useEffect, useState } from "react";
import type { Ask } from "../../wire/requests";
import type { Texts } from "../../wire/types";
import { fill, formatCount } from "../drawing/format";
import { type PresetCard, readPresets } from "../files/answers";
import type { Compare } from "./useCompare";

interface Props {
  readonly ask: Ask;
  readonly compare: Compare;
  readonly texts: Texts;
}

const MAX_MB = 5;

/** What to compare with: a preset, or a file. */
export function CompareChoice({ ask, compare, texts }: Props) {
  const [presets, setPresets] = useState<readonly PresetCard[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    ask("gallery").then(
      (answer) => isCurrent && setPresets(readPresets(answer)),
      (error: unknown) => isCurrent && setTrouble(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [ask]);
  const onFile = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const file = currentTarget.files?.[0];
    currentTarget.value = ""; // the same file can be chosen again
    if (!file) return;
    if (file.size > MAX_MB * 1e6) setTrouble(fill(texts.compare_too_large, { name: file.name, n: MAX_MB }));
    else void file.text().then((text) => compare.start(text, file.name));
  };
  const words = compare.trouble ?? trouble;
  return (
    <div className="slm-compare-choice" data-testid="compare-choice">
      <h4>{texts.compare_with}</h4>
      {words !== null && (
        <p className="slm-compare-trouble" role="alert">
          {words}
        </p>
      )}
      <label className="slm-compare-preset">
        <span>{texts.compare_file}</span>
        <input type="file" accept=".json,application/json" data-testid="compare-file" onChange={onFile} />
      </label>
      {presets.map(({ name, parameters, purpose }) => (
        <button
          key={name}
          type="button"
          className="slm-compare-preset"
          data-testid="compare-preset"
          aria-disabled={compare.isWaiting} // a disabled one would lose the focus
          title={purpose}
          onClick={() => compare.isWaiting || compare.start(name)}
        >
          <span>{name}</span>
          <span className="slm-muted">{formatCount(parameters)}</span>
        </button>
      ))}
    </div>
  );
}
