// Makes everything that follows from plugins/codec-protobuf/farsim.proto: protobufjs' static code, the table of fields
// that the strict walks of both languages read, and the TypeScript types of the headers.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import protobuf from 'protobufjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const protoFile = path.join(root, 'plugins/codec-protobuf/farsim.proto');
const generated = path.join(root, 'plugins/codec-protobuf/generated');
const origin = 'Made from plugins/codec-protobuf/farsim.proto by `npm run generate`.';

mkdirSync(generated, { recursive: true });
const pbjs = path.join(root, 'node_modules/.bin/pbjs');
execFileSync(pbjs, [
  ...'-t static-module -w esm --no-verify --no-convert --no-delimited --no-typeurl --no-service --no-comments'.split(
    ' ',
  ),
  ...['--dependency', 'protobufjs/minimal.js', '-o', path.join(generated, 'farsim.js'), protoFile],
]);

const schema = protobuf.parse(readFileSync(protoFile, 'utf8'), { keepCase: false }).root.lookup('farsim.v1');
schema.root.resolveAll();
const messages = schema.nestedArray.filter((type) => type instanceof protobuf.Type);
const enums = schema.nestedArray.filter((type) => type instanceof protobuf.Enum);

const fieldTable = Object.fromEntries(
  messages.map((message) => [
    message.name,
    message.fieldsArray
      .toSorted((a, b) => a.id - b.id)
      .map((field) => ({
        id: field.id,
        name: field.name,
        type: field.resolvedType ? field.resolvedType.name : field.type,
        rule: field.repeated
          ? 'repeated'
          : field.options?.proto3_optional
            ? 'optional'
            : field.partOf
              ? 'oneof'
              : 'single',
      })),
  ]),
);
const enumTable = Object.fromEntries(enums.map((type) => [type.name, type.values]));

const camelConstant = (name) => name.toLowerCase().replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const scalarTypes = {
  uint32: 'number',
  double: 'number',
  bool: 'boolean',
  string: 'string',
  bytes: 'Uint8Array',
};

function tsType(field) {
  const base = scalarTypes[field.type] ?? field.type;
  return field.rule === 'repeated' ? `readonly ${base}[]` : base;
}

const interfaces = messages
  .filter((message) => message.name !== 'Header')
  .map((message) => {
    const lines = fieldTable[message.name].map((field) => {
      const optional = field.rule === 'optional' || (field.rule === 'single' && field.type in fieldTable);
      return `  readonly ${field.name}${optional ? '?' : ''}: ${tsType(field)};`;
    });
    return `export interface ${message.name} {\n${lines.join('\n')}\n}`;
  });
const enumConstants = enums.map((type) => {
  const entries = Object.entries(type.values).map(([name, value]) => `  ${camelConstant(name)}: ${value},`);
  return `export const ${type.name} = {\n${entries.join('\n')}\n} as const;\nexport type ${type.name} = (typeof ${type.name})[keyof typeof ${type.name}];`;
});
const headerKinds = fieldTable.Header.map(
  (field) => `  | { readonly kind: '${field.name}'; readonly body: ${field.type} }`,
);
writeFileSync(
  path.join(root, 'core/src/model/messages.ts'),
  `// ${origin}\n\n${enumConstants.join('\n\n')}\n\n${interfaces.join('\n\n')}\n\n/** The header of one frame, as decoded: what was absent reads as zero, empty or false. */\nexport type Header =\n${headerKinds.join('\n')};\nexport type HeaderKind = Header['kind'];\n\n/** A message to be sent: what is left out is the default. */\nexport type Sendable<Message> = Message extends Uint8Array | string | number | boolean\n  ? Message\n  : Message extends readonly (infer Item)[]\n    ? readonly Sendable<Item>[]\n    : { readonly [Field in keyof Message]?: Sendable<Message[Field]> | undefined };\n\n/** The header of a frame to be sent. */\nexport type HeaderToSend = { [Kind in HeaderKind]: { readonly kind: Kind; readonly body: Sendable<Extract<Header, { kind: Kind }>['body']> } }[HeaderKind];\n`,
);
writeFileSync(
  path.join(root, 'core/src/model/message-fields.ts'),
  `// ${origin}\n\nexport interface MessageField {\n  readonly id: number;\n  readonly name: string;\n  /** A scalar of the schema, or the name of a message or an enum. */\n  readonly type: string;\n  readonly rule: 'single' | 'optional' | 'oneof' | 'repeated';\n}\n\n/** Every message's fields in order of their numbers. */\nexport const messageFields: Readonly<Record<string, readonly MessageField[]>> = ${JSON.stringify(fieldTable, null, 2)};\n\n/** Every enum's values by name. */\nexport const messageEnums: Readonly<Record<string, Readonly<Record<string, number>>>> = ${JSON.stringify(enumTable, null, 2)};\n`,
);

const pythonRows = Object.entries(fieldTable).map(([name, fields]) => {
  const rows = fields.map((f) => `        (${f.id}, "${f.name}", "${f.type}", "${f.rule}"),`);
  return `    "${name}": (\n${rows.join('\n')}\n    ),`;
});
const pythonEnums = Object.entries(enumTable).map(([name, values]) => {
  const rows = Object.entries(values).map(([key, value]) => `"${camelConstant(key)}": ${value}`);
  return `    "${name}": {${rows.join(', ')}},`;
});
writeFileSync(
  path.join(root, 'python/farsim/bridge/wire/message_fields.py'),
  `"""${origin}"""\n\n# message -> (number, name, type, rule) of its fields, in order of their numbers\nFIELDS = {\n${pythonRows.join('\n')}\n}\n\nENUMS = {\n${pythonEnums.join('\n')}\n}\n`,
);

execFileSync(path.join(root, 'node_modules/.bin/prettier'), [
  '--write',
  '--log-level',
  'warn',
  path.join(root, 'core/src/model/messages.ts'),
  path.join(root, 'core/src/model/message-fields.ts'),
]);
