import type { Dtype, NamedTensor } from '@farsim/core';
import { elementCount, escapeSegment } from '@farsim/core/worker';

/** One array of a message under its wire name; `shape` begins with −1 where the number of rows is in the message. `text` is a UTF-8 string. */
export interface FieldLayout {
  readonly name: string;
  readonly dtype: Dtype | 'text';
  readonly shape: readonly number[];
}

/** What one MCAP channel's messages hold. */
export interface MessageLayout {
  readonly topic: string;
  readonly fields: readonly FieldLayout[];
}

const outcomeFields = new Set(['envs', 'tick', 'episode', 'time', 'reward', 'terminated', 'truncated']);
const bodyFields = new Set(['body_pos', 'body_quat']);
const topicsByRoot: Readonly<Record<string, string>> = {
  obs: '/observations',
  action: '/action',
  info: '/info',
  values: '/info',
  ledger: '/ledger',
  timing: '/timing',
  flag: '/state_rows',
  env_origin: '/state_rows',
  state_envs: '/state_rows',
};

/** The topic on which the array of that wire name is recorded (docs/recording.md, "Topics"). */
export function topicOf(name: string): string {
  if (name.startsWith('final/')) return `/final${topicOf(name.slice(6))}`;
  const [root = '', entity = '', key = ''] = name.split('/');
  if (outcomeFields.has(root)) return '/outcome';
  if (root === 'state') return `/${bodyFields.has(key) ? 'bodies' : 'state'}/${entity}`;
  return topicsByRoot[root] ?? `/${escapeSegment(root)}`;
}

/**
 * The layout entry of an array: from rank 1 on its first dimension is open, so that subsets of envs share a channel, unless
 * the others make it empty.
 */
export function fieldLayout({ name, tensor }: NamedTensor): FieldLayout {
  const { dtype, shape } = tensor;
  if (isText(name)) return { name, dtype: 'text', shape: [] };
  const open = shape.length > 0 && elementCount(shape.slice(1)) > 0;
  return { name, dtype, shape: open ? [-1, ...shape.slice(1)] : shape };
}

/** True for the names whose bytes are JSON text. */
export function isText(name: string): boolean {
  return name === 'values' || name === 'final/values';
}

const rosTypes: Readonly<Record<Dtype | 'text', string>> = {
  f16: 'uint16',
  f32: 'float32',
  f64: 'float64',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  bool: 'bool',
  text: 'string',
};

/** The ROS 1 message definition of a layout: its serialisation is exactly what the recorder writes, so that other people's readers decode it. */
export function messageDefinition(layout: MessageLayout): string {
  const taken = new Set<string>();
  const lines = layout.fields.map((field) => {
    const array = field.shape.length > 0 ? '[]' : '';
    const shape = field.shape.length > 0 ? ` [${field.shape.join(', ')}]` : '';
    const bits = field.dtype === 'f16' ? ' half-precision bits' : '';
    return `${rosTypes[field.dtype]}${array} ${fieldName(field.name, taken)}  # ${field.name}${shape}${bits}`;
  });
  return `${lines.join('\n')}\n`;
}

function fieldName(name: string, taken: Set<string>): string {
  const segments = name.replace(/^final\//, '').split('/');
  const kept =
    segments[0] === 'state' ? segments.slice(2) : segments.length > 1 ? segments.slice(1) : segments;
  const plain = kept.join('_').replace(/[^A-Za-z0-9_]/g, '_');
  const legal = /^[A-Za-z]/.test(plain) ? plain : `${segments[0]}_${plain}`;
  let unique = legal;
  for (let n = 2; taken.has(unique); n++) unique = `${legal}_${n}`;
  taken.add(unique);
  return unique;
}

/** `farsim/StateRobot` for `/state/robot`; the topic's second layout is `farsim/StateRobot2`. */
export function schemaName(topic: string, nth: number): string {
  const words = topic.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return `farsim/${name}${nth === 1 ? '' : nth}`;
}
