import type { LayerStack, Palette, Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import type { Item } from "../stack/outline";
import { FieldRow } from "./FieldRow";
import type { FormContext } from "./inputProps";
import { sharedFields } from "./sharedFields";

interface Props {
  readonly items: readonly Item[];
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly texts: Texts;
  readonly jumps: number;
  readonly isReadOnly?: boolean | undefined;
  readonly hasHints?: boolean | undefined;
  /** Sets a value in all of them; undefined takes it out. */
  readonly onField: (name: string, value: unknown) => void;
  readonly onSettle: () => void;
}

const nothing = () => {};

/** Several selected layers: the settings that all of them have. */
export function ManyInspector(props: Props) {
  const { items, stack, palette, texts, jumps, isReadOnly = false, hasHints = true, onField, onSettle } = props;
  const shared = sharedFields(items, palette);
  const context = { stack, path: [], palette, texts, jumps, resolved: {}, offers: [], isReadOnly, hasHints };
  const form: FormContext = { ...context, onSettle, onMend: nothing, onTake: nothing };
  const selection = items.map(({ key }) => key).join("\n"); // what was typed for others is not for these
  return (
    <div data-testid="many-inspector">
      <header className="slm-pane-header">
        <h3>{fill(texts.many_selected, { n: items.length })}</h3>
      </header>
      <p className="slm-muted slm-note">{shared.length > 0 ? texts.many_help : texts.many_nothing}</p>
      {shared.map(({ field, value, isMixed }) => (
        <FieldRow
          key={`${field.name}\n${selection}`}
          field={field}
          value={value}
          isMixed={isMixed}
          problems={[]}
          form={form}
          onChange={(next) => onField(field.name, next)}
        />
      ))}
    </div>
  );
}
