// Modules of the pages that know no browser, compiled for Node, to be tested without one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after } from 'node:test';

const web = fileURLToPath(new URL('..', import.meta.url));
let folder;

after(() => folder && rmSync(folder, { recursive: true, force: true }));

// Sources name each other without an ending, as the bundler has it.
register(`data:text/javascript,${encodeURIComponent(`
export const resolve = (name, context, next) => next(/^\\.{1,2}\\/[^.]+$/.test(name) && context.parentURL?.includes('gridatlas-sources-') ? name + '.js' : name, context);
`)}`);

/** A module of src, as 'my/outbox'. */
export async function source(name) {
  if (!folder) {
    folder = mkdtempSync(join(tmpdir(), 'gridatlas-sources-'));
    symlinkSync(join(web, 'package.json'), join(folder, 'package.json')); // says that they are modules
    execFileSync(join(web, 'node_modules', '.bin', 'tsc'), ['-p', web, '--noEmit', 'false', '--rootDir', join(web, 'src'), '--outDir', folder], { stdio: 'inherit' });
  }
  return import(pathToFileURL(join(folder, `${name}.js`)).href);
}
