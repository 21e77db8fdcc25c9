import { describe, expect, test } from 'vitest';
import { errorCodes } from '../src/model/error-codes.ts';
import { FarsimError, didYouMean, isFarsimError } from '../src/model/errors.ts';
import { ResourceStack } from '../src/model/resource-stack.ts';
import { f64, halfToNumber, takeRows, toNumbers } from '../src/model/tensor.ts';
import { buildTree, flattenTree } from '../src/model/tree.ts';
import { unionOfWants } from '../src/model/want.ts';

describe('trees', () => {
  test('flatten and build are each other’s reverse, names with slashes and percents included', () => {
    const tree = { policy: f64([1]), 'a/b': { '50%': f64([2]), x: f64([3]) } };
    const flat = flattenTree('obs', tree);
    expect(flat.map(([path]) => path)).toEqual(['obs/a%2Fb/50%25', 'obs/a%2Fb/x', 'obs/policy']);
    expect(buildTree(flat.map(([path, leaf]) => [path.slice(4), leaf]))).toEqual(tree);
  });

  test('a lone array is a tree of one leaf', () => {
    expect(flattenTree('obs', f64([1]))).toEqual([['obs', f64([1])]]);
    expect(buildTree([['', f64([1])]])).toEqual(f64([1]));
  });

  test('a branch named __proto__ is a branch', () => {
    const tree = buildTree([['__proto__/x', f64([1])]]) as Record<string, unknown>;
    expect(Object.keys(tree)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('tensors', () => {
  test('rows are taken in the order asked for', () => {
    expect(takeRows(f64([1, 2, 3, 4, 5, 6], [3, 2]), [2, 0])).toEqual(f64([5, 6, 1, 2], [2, 2]));
  });

  test.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x7c00, Infinity],
    [0x8000, -0],
  ])('half %i is %d', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
    expect(toNumbers({ dtype: 'f16', shape: [1], data: Uint16Array.of(bits) })[0]).toBe(value);
  });
});

describe('wants', () => {
  test('the union satisfies both', () => {
    const union = unionOfWants(
      { state: true, bodies: 'episodeStart', images: { cameras: ['a'], every: 4, encoding: 'png' } },
      { bodies: 'always', images: { cameras: ['b'], every: 6, encoding: 'jpeg' } },
    );
    expect(union).toEqual({
      state: true,
      bodies: 'always',
      images: { cameras: ['a', 'b'], every: 2, encoding: 'raw' },
    });
  });

  test('rows that one consumer wants whole are not narrowed by another', () => {
    expect(unionOfWants({ state: true }, { state: true, envs: Int32Array.of(1) }).envs).toBeUndefined();
  });
});

describe('resource stack', () => {
  const resource = (name: string, log: string[], fails = false): AsyncDisposable => ({
    [Symbol.asyncDispose]: async () => {
      log.push(name);
      if (fails) throw new Error(`${name} broke`);
    },
  });

  test('closes in reverse order, once, and skips none because another failed', async () => {
    const log: string[] = [];
    const stack = new ResourceStack();
    await stack.use('a', resource('a', log));
    await stack.use('b', resource('b', log, true));
    await stack.use('c', resource('c', log));
    await expect(stack[Symbol.asyncDispose]()).rejects.toThrow('b broke');
    await stack[Symbol.asyncDispose]().catch(() => undefined);
    expect(log).toEqual(['c', 'b', 'a']);
  });

  test('what opens after the end is closed at once', async () => {
    const log: string[] = [];
    const stack = new ResourceStack();
    await stack[Symbol.asyncDispose]();
    await stack.use('late', resource('late', log));
    expect(log).toEqual(['late']);
  });
});

describe('errors', () => {
  test('are known by their brand, whichever copy of the package made them', () => {
    const foreign = Object.assign(new Error('x'), { code: 'BUSY', [Symbol.for('farsim/error')]: true });
    expect(isFarsimError(foreign)).toBe(true);
    expect(isFarsimError(new Error('x'))).toBe(false);
  });

  test('every code has an exit status and a sentence', () => {
    for (const { exit, means } of Object.values(errorCodes)) {
      expect(exit).toBeGreaterThan(0);
      expect(means).toMatch(/^[A-Z].*\.$/);
    }
    expect(new FarsimError('HOST_KEY_CHANGED', 'x').exitCode).toBe(6);
  });

  test('a slip of the hand is met with the name that was meant, nonsense with silence', () => {
    expect(didYouMean('panda_joint9', ['panda_joint7', 'gripper'])).toEqual(["did you mean 'panda_joint7'?"]);
    expect(didYouMean('simulatr', ['simulator'])).toEqual(["did you mean 'simulator'?"]);
    expect(didYouMean('xyz', ['simulator'])).toEqual([]);
  });
});
