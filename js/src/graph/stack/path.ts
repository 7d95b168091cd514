// Where a node is: its index among its siblings, after the indices of the blocks around it. [2, 0] is the first child of
// the third node. A gap has the path that a node put there would get.

export type Path = readonly number[];

export const parentOf = (path: Path): Path => path.slice(0, -1);
export const indexOf = (path: Path): number => path[path.length - 1] ?? 0;
export const at = (parent: Path, index: number): Path => [...parent, index];
export const nextTo = (path: Path): Path => at(parentOf(path), indexOf(path) + 1);
export const pathName = (path: Path): string => path.join(".");
export const samePath = (a: Path, b: Path): boolean => pathName(a) === pathName(b);

/** Whether `path` is `ancestor` itself or lies inside it. */
export function isWithin(path: Path, ancestor: Path): boolean {
  return path.length >= ancestor.length && ancestor.every((index, depth) => path[depth] === index);
}

/** Reading order: a block comes before what is inside it. Below zero if `a` comes first. */
export function inOrder(a: Path, b: Path): number {
  const depth = a.findIndex((index, i) => index !== b[i]);
  return depth < 0 || depth >= b.length ? a.length - b.length : (a[depth] ?? 0) - (b[depth] ?? 0);
}
