import type { Tensor } from './tensor.ts';

/** A leaf, or named branches: the shape of Gymnasium's Dict and Tuple spaces (a Tuple's branches are named `0`, `1`, …). */
export type Tree<Leaf> = Leaf | TreeBranches<Leaf>;
export interface TreeBranches<Leaf> {
  readonly [name: string]: Tree<Leaf>;
}

function isTensor(node: Tree<Tensor>): node is Tensor {
  return typeof (node as Tensor).dtype === 'string' && (node as Tensor).data !== undefined;
}

/** Escapes one name for use in a path: `%` and `/` become `%25` and `%2F`. */
export function escapeSegment(name: string): string {
  return name.includes('%') || name.includes('/') ? name.replace(/[%/]/g, encodeURIComponent) : name;
}

/** Reverses {@link escapeSegment}. */
export function unescapeSegment(segment: string): string {
  return segment.includes('%') ? segment.replace(/%25|%2F/g, decodeURIComponent) : segment;
}

/** Escapes each segment of a file's path; {@link unescapePath} reverses it. */
export function escapePath(path: string): string {
  return path.split('/').map(escapeSegment).join('/');
}

export function unescapePath(path: string): string {
  return path.split('/').map(unescapeSegment).join('/');
}

/** Lists a tree's leaves as `prefix`, `prefix/name`, `prefix/name/name` …, branches sorted by name, so that equal trees give equal lists. */
export function flattenTree(prefix: string, tree: Tree<Tensor>): [path: string, leaf: Tensor][] {
  if (isTensor(tree)) return [[prefix, tree]];
  return Object.keys(tree)
    .toSorted()
    .flatMap((name) => flattenTree(`${prefix}/${escapeSegment(name)}`, tree[name]!));
}

/** Builds the tree back from what {@link flattenTree} listed, the prefix already removed: `''` is a tree of one leaf. */
export function buildTree(leaves: Iterable<readonly [path: string, leaf: Tensor]>): Tree<Tensor> {
  const root: Record<string, Tree<Tensor>> = Object.create(null);
  for (const [path, leaf] of leaves) {
    if (path === '') return leaf;
    const segments = path.split('/').map(unescapeSegment);
    const last = segments.pop()!;
    let branch = root;
    for (const segment of segments) {
      branch = (branch[segment] ??= Object.create(null)) as Record<string, Tree<Tensor>>;
    }
    branch[last] = leaf;
  }
  return root;
}
