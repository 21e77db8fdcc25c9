import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError, type ModelFiles } from '@farsim/core';

const element = /<([A-Za-z]\w*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const comment = /<!--[\s\S]*?-->/g;
const cubeSides = ['fileright', 'fileleft', 'fileup', 'filedown', 'filefront', 'fileback'];

/** Folders that an MJCF's compiler element gives for its assets. */
interface AssetFolders {
  meshdir: string;
  texturedir: string;
}

/**
 * Reads an MJCF file and every file that it names (includes, attached models, meshes, textures, height fields, skins), by
 * paths relative to the folder that holds them all. Throws FILE_NOT_FOUND with the element that names the missing file.
 */
export async function collectModelFiles(entry: string): Promise<ModelFiles> {
  const absolute = path.resolve(entry);
  const found = new Map<string, Uint8Array>();
  await collectModel(absolute, `model '${entry}'`, found);
  const top = commonFolder([...found.keys()].map(path.dirname));
  const relative = (file: string): string => path.relative(top, file).split(path.sep).join('/');
  return {
    entry: relative(absolute),
    files: new Map([...found].map(([file, bytes]) => [relative(file), bytes])),
  };
}

async function collectModel(file: string, namedBy: string, found: Map<string, Uint8Array>): Promise<void> {
  if (found.has(file)) return;
  const folder = path.dirname(file);
  const elements = await readElements(file, namedBy, folder, found);
  const folders: AssetFolders = { meshdir: '', texturedir: '' };
  for (const { tag, values } of elements) {
    if (tag !== 'compiler') continue;
    const both = values.get('assetdir');
    folders.meshdir = values.get('meshdir') ?? both ?? folders.meshdir;
    folders.texturedir = values.get('texturedir') ?? both ?? folders.texturedir;
  }
  for (const { tag, values } of elements) {
    const named = values.get('file');
    if (tag === 'model' && named) {
      await collectModel(path.resolve(folder, named), `<model file="${named}"> in ${file}`, found);
    } else if (tag === 'texture') {
      for (const side of ['file', ...cubeSides]) {
        const texture = values.get(side);
        if (texture)
          await collectFile(
            path.resolve(folder, folders.texturedir, texture),
            `<texture ${side}="${texture}"> in ${file}`,
            found,
          );
      }
    } else if (named && ['mesh', 'hfield', 'skin', 'flexcomp'].includes(tag)) {
      await collectFile(
        path.resolve(folder, folders.meshdir, named),
        `<${tag} file="${named}"> in ${file}`,
        found,
      );
    }
  }
}

interface Element {
  readonly tag: string;
  readonly values: ReadonlyMap<string, string>;
}

/** The elements of a file and of what it includes; includes are relative to the main file. */
async function readElements(
  file: string,
  namedBy: string,
  mainFolder: string,
  found: Map<string, Uint8Array>,
): Promise<Element[]> {
  if (found.has(file)) return [];
  await collectFile(file, namedBy, found);
  const text = Buffer.from(found.get(file)!).toString('utf8').replaceAll(comment, '');
  const elements: Element[] = [];
  for (const [, tag, attributes] of text.matchAll(element)) {
    const values = new Map(
      [...attributes!.matchAll(attribute)].map(([, name, double, single]) => [name!, double ?? single!]),
    );
    elements.push({ tag: tag!, values });
    const included = tag === 'include' ? values.get('file') : undefined;
    if (included) {
      const target = path.resolve(mainFolder, included);
      elements.push(
        ...(await readElements(target, `<include file="${included}"> in ${file}`, mainFolder, found)),
      );
    }
  }
  return elements;
}

async function collectFile(file: string, namedBy: string, found: Map<string, Uint8Array>): Promise<void> {
  if (found.has(file)) return;
  try {
    found.set(file, await readFile(file));
  } catch (error) {
    throw new FarsimError('FILE_NOT_FOUND', `${namedBy}: ${file} cannot be read`, { cause: error });
  }
}

function commonFolder(folders: readonly string[]): string {
  const [first, ...others] = folders.map((folder) => folder.split(path.sep));
  let length = first!.length;
  for (const parts of others) {
    let same = 0;
    while (same < length && parts[same] === first![same]) same++;
    length = same;
  }
  return first!.slice(0, length).join(path.sep) || path.sep;
}
