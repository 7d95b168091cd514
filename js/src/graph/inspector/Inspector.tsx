import { useRef } from "react";
import type { Data, LayerStack, Offer, Palette, Problem, Texts } from "../../wire/types";
import { nodeTitle } from "../drawing/summary";
import { allIds, idOf } from "../stack/ids";
import type { Item } from "../stack/outline";
import { About } from "./About";
import type { FormContext } from "./inputProps";
import { LayerForm } from "./LayerForm";
import { NodeId } from "./NodeId";
import { ProblemNote } from "./ProblemNote";
import { type FieldFocus, useFocusOnWish } from "./useFieldFocus";

interface Props {
  readonly item: Item;
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly problems: readonly Problem[];
  readonly texts: Texts;
  readonly jumps: number;
  /** What Python has filled into empty fields: analysis.layers.get(key)?.resolved. */
  readonly resolved?: Data | undefined;
  /** Changes elsewhere that go with one made in this layer. */
  readonly offers?: readonly Offer[] | undefined;
  readonly isReadOnly?: boolean | undefined;
  readonly hasHints?: boolean | undefined;
  /** The field to put the focus into. */
  readonly focus?: FieldFocus | null | undefined;
  readonly onField: (item: Item, name: string, value: unknown) => void;
  readonly onSettle: () => void;
  readonly onMend: (item: Item, fields: Data) => void;
  readonly onTake?: ((offer: Offer) => void) | undefined;
  readonly onRename?: ((item: Item, id: string) => void) | undefined;
}

const NONE: Data = {};

/** The selected layer: what it is, what is wrong with it, its form, its help. */
export function Inspector(props: Props) {
  const { item, stack, palette, problems, texts, jumps, onField, onRename, onSettle } = props;
  const { resolved = NONE, offers = [], isReadOnly = false, hasHints = true, focus = null } = props;
  const { node, path, key } = item;
  const rootRef = useRef<HTMLDivElement>(null);
  useFocusOnWish(rootRef, focus);
  const entry = palette.get(node.type);
  const fields = new Set(entry?.fields.map((field) => field.name));
  const onMend = (values: Data) => props.onMend(item, values);
  const onTake = (offer: Offer) => props.onTake?.(offer);
  const context = { stack, path, palette, texts, jumps, resolved, offers, isReadOnly, hasHints };
  const form: FormContext = { ...context, onSettle, onMend, onTake };
  const elsewhere = problems.filter((problem) => !fields.has(problem.field?.split(".")[0] ?? ""));
  return (
    <div ref={rootRef} data-testid="layer-inspector">
      <header className="slm-pane-header">
        <h3>{nodeTitle(node, entry)}</h3>
        <NodeId
          key={key}
          id={idOf(node) ?? key}
          taken={allIds(stack)}
          texts={texts}
          onRename={onRename && !isReadOnly ? (id) => onRename(item, id) : undefined}
        />
      </header>
      {isReadOnly && <p className="slm-muted slm-note">{texts.read_only}</p>}
      {elsewhere.map((problem) => (
        <ProblemNote key={problem.text} problem={problem} form={form} />
      ))}
      {entry ? (
        <LayerForm
          key={key}
          node={node}
          entry={entry}
          problems={problems}
          form={form}
          onField={(name, value) => onField(item, name, value)}
        />
      ) : (
        <p className="slm-muted">{texts.unknown_type_help}</p>
      )}
      {entry && hasHints && <About entry={entry} data={node.data} resolved={resolved} texts={texts} />}
    </div>
  );
}
