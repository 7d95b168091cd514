import { flatten } from "../stack/outline";
import { FoldButton } from "./FoldButton";
import { fill } from "./format";
import type { CardData } from "./nodeTypes";
import { RepeatBadge } from "./RepeatBadge";

/** What stands beside a block's title: how often it is repeated, and whether its layers are shown. */
export function BlockTools({ data }: { readonly data: CardData }) {
  const { item, facts, isFolded, texts } = data;
  return (
    <>
      {item.children.length > 0 && <FoldButton data={data} />}
      {facts.repeats && (
        <RepeatBadge
          {...facts.repeats}
          id={item.key}
          isOff={data.isLocked}
          jumps={data.jumps}
          onChange={(name, value) => data.onField(item, name, value)}
          onSettle={data.onSettle}
        />
      )}
      {isFolded && (
        <span className="slm-folded-count">{fill(texts.folded_layers, { n: flatten(item.children).length })}</span>
      )}
    </>
  );
}
