import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import { CodeLine } from "./CodeLine";
import { chosenText, clickedWord, hasChosenText, lineOf } from "./clicked";
import { highlight, linesOf } from "./highlight";
import { type LayerLines, layersByLine, markedLines, nextLayer } from "./layerLines";
import { showLine, useShownLines } from "./useShownLines";

interface Props {
  readonly text: string;
  readonly lines: LayerLines;
  readonly texts: Texts;
  readonly selectedIds: ReadonlySet<string>;
  readonly onSelect: (id: string) => void;
  readonly titleOf: (id: string) => string;
  /** The layers of the line under the pointer or the cursor; none where it has left. */
  readonly onPoint: (layers: readonly string[]) => void;
}

const NONE: readonly string[] = [];
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** The code, to read, to copy, and to find layers in. Its pieces are text nodes, so that markup in a label stays words. */
export const CodeText = memo(function CodeText(props: Props) {
  const { text, lines, texts, selectedIds, onSelect, titleOf, onPoint } = props;
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  const clicked = useRef<string | null>(null);
  useShownLines(ref, text, lines, selectedIds, clicked);

  const rows = useMemo(() => linesOf(highlight(text.replace(/\n$/, ""))), [text]);
  const layers = useMemo(() => layersByLine(lines, rows.length), [lines, rows]);
  const labels = useMemo(
    () =>
      layers.map((ids, index) =>
        ids.length === 0 ? null : fill(texts.code_line, { n: index + 1, layers: ids.map(titleOf).join(", ") }),
      ),
    [layers, texts, titleOf],
  );
  const marks = useMemo(() => markedLines(lines, selectedIds), [lines, selectedIds]);
  const [cursor, setCursor] = useState(0);
  const stop = labels[cursor - 1] ? cursor : labels.findIndex((label) => label !== null) + 1;

  const layersOf = (target: EventTarget) => layers[(lineOf(target) ?? 0) - 1] ?? NONE;
  const onClick = (event: MouseEvent) => {
    const isNumber = event.target instanceof HTMLButtonElement;
    if (hasChosenText() && !isNumber) return;
    const id = nextLayer(layersOf(event.target), selectedIds, isNumber ? "" : clickedWord());
    if (id === null) return;
    setCursor(lineOf(event.target) ?? 0);
    clicked.current = selectedIds.size === 1 && selectedIds.has(id) ? null : id;
    onSelect(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const pane = ref.current;
    const step = event.target instanceof HTMLButtonElement ? STEPS[event.key] : undefined;
    if (pane && step !== undefined) {
      event.preventDefault(); // the cursor moves, not the text
      let next = (lineOf(event.target) ?? 0) + step;
      while (labels[next - 1] === null) next += step;
      if (!labels[next - 1]) return;
      setCursor(next);
      pane.querySelector<HTMLElement>(`button[data-number="${next}"]`)?.focus({ preventScroll: true });
      showLine(pane, next);
    }
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "a" || !pane) return;
    event.preventDefault(); // all of the code, not all of the notebook
    getSelection()?.selectAllChildren(pane);
  };
  const onCopy = (event: ClipboardEvent) => {
    const chosen = ref.current && hasChosenText() ? chosenText(ref.current) : null;
    if (chosen === null) return;
    event.preventDefault(); // a browser would end each line twice
    event.clipboardData.setData("text/plain", chosen);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no text
    <div
      ref={ref}
      className="slm-code-text"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled and copied with the keyboard
      tabIndex={0}
      aria-label={texts.code}
      data-testid="code-text"
      onPointerOver={(event) => onPoint(layersOf(event.target))}
      onPointerLeave={() => onPoint(NONE)}
      onFocus={(event) => onPoint(layersOf(event.target))}
      onBlur={() => onPoint(NONE)}
      {...{ onClick, onKeyDown, onCopy }}
    >
      <div className="slm-code-lines">
        {rows.map((pieces, index) => (
          <CodeLine
            // biome-ignore lint/suspicious/noArrayIndexKey: a line's name is its number
            key={index}
            number={index + 1}
            pieces={pieces}
            ending={index < rows.length - 1 || text.endsWith("\n") ? "\n" : ""}
            label={labels[index] ?? null}
            mark={marks.get(index + 1)}
            isStop={index + 1 === stop}
          />
        ))}
      </div>
    </div>
  );
});
