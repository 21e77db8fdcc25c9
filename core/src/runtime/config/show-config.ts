import { Document, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { originText, plainValue, type ConfigNode } from '../../yaml/config-node.ts';
import { redactConfig, type Redaction } from './redact-config.ts';

/** The config as YAML, secrets hidden; with `origins`, each value says in a comment where it was written. */
export function showConfig(
  root: ConfigNode,
  { origins = false, ...redaction }: Redaction & { readonly origins?: boolean } = {},
): string {
  const redacted = redactConfig(root, redaction);
  const document = new Document(origins ? undefined : plainValue(redacted));
  if (origins) document.contents = commented(document, redacted) as typeof document.contents;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function commented(document: Document, node: ConfigNode): Node {
  if (node.kind === 'scalar') {
    const scalar = new Scalar(node.value);
    scalar.comment = ` ${originText(node.origin)}`;
    return scalar;
  }
  if (node.kind === 'list') {
    const list = new YAMLSeq();
    list.items = node.items.map((item) => commented(document, item));
    return list;
  }
  const map = new YAMLMap();
  for (const [key, entry] of node.entries)
    map.items.push(document.createPair(key, commented(document, entry.node)));
  return map;
}

/** The config as plain JSON, secrets hidden. */
export function configValue(root: ConfigNode): unknown {
  return plainValue(redactConfig(root));
}
