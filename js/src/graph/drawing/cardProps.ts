import type { HTMLAttributes } from "react";
import { hue } from "./hue";
import type { CardData } from "./nodeTypes";

/** The attributes that cards and frames share: role, colours, test id, and how they are grabbed. */
export function cardProps(data: CardData): HTMLAttributes<HTMLDivElement> {
  const { item, facts, depth, mark } = data;
  const locked = data.isLocked ? data.texts.locked : "";
  const { title, summary, shape, parameters, shareWords, problem } = facts;
  return {
    id: data.domId,
    role: "treeitem",
    title: facts.help,
    "aria-level": depth + 1,
    "aria-selected": data.isSelected,
    "aria-expanded": item.isBlock ? !data.isFolded : undefined,
    "aria-label": [title, mark?.words, locked, summary, shape, parameters, shareWords, problem?.text]
      .filter(Boolean)
      .join(", "),
    onPointerDown: (event) => data.onGrab(item, event),
    ...hue(facts.colour),
    ...{
      "data-testid": `node-${item.key}`,
      "data-selected": data.isSelected || undefined,
      "data-dragged": data.isDragged || undefined,
      "data-dimmed": data.isDimmed || undefined,
      "data-locked": data.isLocked || undefined,
      "data-mark": mark?.kind,
      "data-target": data.isTarget || undefined,
      "data-problem": problem?.severity,
    },
  };
}
