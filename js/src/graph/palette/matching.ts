import type { PaletteEntry } from "../../wire/types";

/** The layer types in which every word is found: in the title, the type's name, the group or the summary. */
export function matching(entries: readonly PaletteEntry[], words: string): PaletteEntry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ title, type, groupTitle, summary }) => {
    const text = [title, type, groupTitle, summary].join("\n").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
