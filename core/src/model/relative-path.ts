import { FarsimError } from './errors.ts';

const longestSegment = 255;

/**
 * Returns the segments of a relative path with `/` that stays below where it starts. Throws PATH_REFUSED for absolute
 * paths, `..`, empty segments, backslashes, drive letters, control characters and segments over 255 bytes.
 */
export function requireRelativePath(path: string): readonly string[] {
  const segments = path.split('/');
  const wrong = segments.find((segment) => !isPlainSegment(segment));
  if (wrong === undefined && !/^[a-z]:/i.test(path)) return segments;
  throw new FarsimError('PATH_REFUSED', `${JSON.stringify(path)} is no relative path inside its folder`, {
    suggestions: ["use names such as 'meshes/hand.obj'"],
  });
}

function isPlainSegment(segment: string): boolean {
  if (segment === '' || segment === '.' || segment === '..') return false;
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  return !/[\u0000-\u001f\u007f\\]/.test(segment) && Buffer.byteLength(segment) <= longestSegment;
}
