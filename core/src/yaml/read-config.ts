import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import { FarsimError } from '../model/errors.ts';
import { originText, type ConfigNode, type MapEntry, type Origin, type Scalar } from './config-node.ts';

const maxBytes = 1 << 20;
/** Aliases count as what they stand for, so that a few lines cannot become gigabytes. */
const maxNodes = 20_000;

/** Parses YAML 1.2 and keeps each value's place. `source` names it in messages. Throws CONFIG_INVALID. */
export function readConfigText(text: string, source: string): ConfigNode {
  if (text.length > maxBytes)
    throw new FarsimError('CONFIG_INVALID', `${source} is larger than ${maxBytes} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
  });
  const error = document.errors[0];
  if (error) {
    const [place] = error.linePos ?? [];
    const origin = { source, ...(place && { line: place.line, column: place.col }) };
    throw new FarsimError(
      'CONFIG_INVALID',
      `${originText(origin)}: ${error.message.split('\n')[0]!.replace(/ at line.*$/, '')}`,
    );
  }
  return new NodeReader(document, lines, source).read(document.contents, { source, line: 1, column: 1 });
}

class NodeReader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #source: string;
  readonly #open = new Set<Node>();
  #count = 0;

  constructor(document: Document, lines: LineCounter, source: string) {
    this.#document = document;
    this.#lines = lines;
    this.#source = source;
  }

  read(node: unknown, above: Origin): ConfigNode {
    const origin = this.#originOf(node) ?? above;
    if (++this.#count > maxNodes)
      throw this.#refusal(origin, `more than ${maxNodes} values, aliases counted as what they stand for`);
    if (node === null || node === undefined) return { kind: 'scalar', value: null, origin };
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (!target || this.#open.has(target))
        throw this.#refusal(origin, `alias '*${node.source}' stands for nothing or for itself`);
      return this.read(target, origin);
    }
    if (isScalar(node)) return { kind: 'scalar', value: scalarOf(node.value, origin), origin };
    this.#open.add(node as Node);
    const read = isSeq(node)
      ? ({ kind: 'list', items: node.items.map((item) => this.read(item, origin)), origin } as const)
      : ({ kind: 'map', entries: this.#entries(node, origin), origin } as const);
    this.#open.delete(node as Node);
    return read;
  }

  #entries(node: unknown, origin: Origin): Map<string, MapEntry> {
    const entries = new Map<string, MapEntry>();
    if (!isMap(node)) throw this.#refusal(origin, 'this is neither a value, a list nor a map');
    for (const { key, value } of node.items) {
      const keyOrigin = this.#originOf(key) ?? origin;
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined || name === '__proto__')
        throw this.#refusal(keyOrigin, 'a key must be a plain word');
      entries.set(name, { key: keyOrigin, node: this.read(value, keyOrigin) });
    }
    return entries;
  }

  #originOf(node: unknown): Origin | undefined {
    const start = (node as { range?: readonly number[] } | null | undefined)?.range?.[0];
    if (start === undefined) return undefined;
    const { line, col } = this.#lines.linePos(start);
    return { source: this.#source, line, column: col };
  }

  #refusal(origin: Origin, sentence: string): FarsimError {
    return new FarsimError('CONFIG_INVALID', `${originText(origin)}: ${sentence}`);
  }
}

function scalarOf(value: unknown, origin: Origin): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new FarsimError('CONFIG_INVALID', `${originText(origin)}: this is no text, number, boolean or null`);
}
