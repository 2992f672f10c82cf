// The description of the routes, as the server hands it out, under the rules that
// redocly recommends.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createConfig, lintFromString, parseYaml } from '@redocly/openapi-core';
import { base, json } from './harness.mjs';

/** What stands all the same, by rule and place, with the reason. */
const stands = {
  'no-ambiguous-paths #/paths/~1tiles~1WebMercatorQuad~1{tileMatrix}~1{tileRow}~1{tileCol}':
    'OGC API Tiles fixes it; the other path ends in .mvt, and no layer has the name of the matrix set',
};

test('openapi.yaml has no error and no warning, and openapi.json is the same', async () => {
  const response = await fetch(`${base}/openapi.yaml`);
  assert.equal(response.status, 200);
  const source = await response.text();
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: '/openapi.yaml', config });
  assert.deepEqual(problems.map((problem) => `${problem.ruleId} ${problem.location[0].pointer}`), Object.keys(stands));
  assert.deepEqual(await json('/openapi.json'), parseYaml(source));
});
