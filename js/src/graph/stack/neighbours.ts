import { flatten, type Item } from "./outline";
import { parentOf, samePath } from "./path";

/** The item that an arrow key leads to; with nothing selected, the first one. */
export function neighbour(items: readonly Item[], selected: string | null, key: string): Item | undefined {
  const all = flatten(items);
  const index = all.findIndex((item) => item.key === selected);
  const here = all[index];
  if (!here) return all[0];
  switch (key) {
    case "ArrowUp":
      return all[index - 1];
    case "ArrowDown":
      return all[index + 1];
    case "ArrowLeft":
      return all.find((item) => samePath(item.path, parentOf(here.path)));
    case "ArrowRight":
      return here.children[0];
    case "Home":
      return all[0];
    case "End":
      return all[all.length - 1];
    default:
      return undefined;
  }
}
