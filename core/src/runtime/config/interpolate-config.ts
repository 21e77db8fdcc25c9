import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FarsimError, didYouMean } from '../../model/errors.ts';
import {
  childAt,
  originText,
  plainValue,
  type ConfigNode,
  type MapEntry,
  type Origin,
} from '../../yaml/config-node.ts';

const whole = /^\$\{(\w+):([^}]*)\}$/;
const parts = /\$\$\{|\$\{(\w+):([^}]*)\}/g;
const maxFileBytes = 1 << 20;
/** References count as what they stand for. */
const maxNodes = 50_000;

/**
 * Replaces `${env:NAME}`, `${file:path}` (without its last newline) and `${ref:key.path}` in every text; `$${` stands for
 * `${`. A text that is nothing but one `${ref:…}` takes over the value with its type. Throws CONFIG_INVALID with the place.
 */
export function interpolateConfig(
  root: ConfigNode,
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): ConfigNode {
  return new Interpolation(root, folder, env).node(root, []);
}

class Interpolation {
  readonly #root: ConfigNode;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #count = 0;

  constructor(root: ConfigNode, folder: string, env: NodeJS.ProcessEnv) {
    this.#root = root;
    this.#folder = folder;
    this.#env = env;
  }

  /** `following` are the references that led here. */
  node(node: ConfigNode, following: readonly string[]): ConfigNode {
    if (++this.#count > maxNodes)
      throw fault(node.origin, `more than ${maxNodes} values, references counted as what they stand for`);
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.node(item, following)) };
    if (node.kind === 'map') {
      const entries = Array.from(node.entries, ([key, entry]): [string, MapEntry] => [
        key,
        { ...entry, node: this.node(entry.node, following) },
      ]);
      return { ...node, entries: new Map(entries) };
    }
    if (typeof node.value !== 'string' || !node.value.includes('${')) return node;
    const reference = whole.exec(node.value);
    if (reference?.[1] === 'ref') return this.#referred(reference[2]!, node.origin, following);
    const value = node.value.replace(parts, (match, kind: string | undefined, name: string) =>
      kind === undefined ? '${' : this.#text(kind, name, match, node.origin, following),
    );
    const outside = /\$\{(env|file):/.test(node.value);
    return { ...node, value, ...(outside && { written: node.value }) };
  }

  #text(kind: string, name: string, written: string, origin: Origin, following: readonly string[]): string {
    if (kind === 'env') {
      const value = this.#env[name];
      if (value === undefined) throw fault(origin, `${written}: the environment has no ${name}`);
      return value;
    }
    if (kind === 'file') return this.#file(name, written, origin);
    if (kind === 'ref') {
      const value = plainValue(this.#referred(name, origin, following));
      if (typeof value === 'object')
        throw fault(origin, `${written} is not a plain value, so it cannot be a part of a text`);
      return String(value as string | number | boolean);
    }
    throw fault(
      origin,
      `${written}: '${kind}' is not one of env, file, ref`,
      didYouMean(kind, ['env', 'file', 'ref']),
    );
  }

  #file(name: string, written: string, origin: Origin): string {
    const file = path.resolve(this.#folder, name);
    try {
      const bytes = readFileSync(file);
      if (bytes.length > maxFileBytes)
        throw fault(origin, `${written}: ${file} is larger than ${maxFileBytes} bytes`);
      return bytes.toString('utf8').replace(/\r?\n$/, '');
    } catch (error) {
      if (error instanceof FarsimError) throw error;
      throw new FarsimError('FILE_NOT_FOUND', `${originText(origin)}: ${written}: ${file} cannot be read`, {
        cause: error,
      });
    }
  }

  #referred(name: string, origin: Origin, following: readonly string[]): ConfigNode {
    if (following.includes(name))
      throw fault(origin, `\${ref:${name}} leads back to itself: ${[...following, name].join(' → ')}`);
    let node: ConfigNode = this.#root;
    for (const step of name.split('.')) {
      const child = childAt(node, step);
      if (!child) {
        const known = node.kind === 'map' ? [...node.entries.keys()] : [];
        throw fault(origin, `\${ref:${name}}: there is no '${step}'`, didYouMean(step, known));
      }
      node = child;
    }
    return this.node(node, [...following, name]);
  }
}

function fault(origin: Origin, sentence: string, suggestions: readonly string[] = []): FarsimError {
  return new FarsimError('CONFIG_INVALID', `${originText(origin)}: ${sentence}`, { suggestions });
}
