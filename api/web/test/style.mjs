import { test } from 'node:test';
import assert from 'node:assert/strict';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { json } from './harness.mjs';

const names = ['day', 'night', 'planner', 'planner-night', 'emergency', 'emergency-night'];

for (const name of names) {
  test(`style ${name} keeps the style specification`, async () => {
    const style = await json(`/styles/${name}.json`);
    assert.deepEqual(validateStyleMin(style).map((fault) => fault.message), []);
  });
}

test('every source layer of the styles is in the tiles', async () => {
  const tiles = new Set((await json('/tiles/map.json')).vector_layers.map((layer) => layer.id));
  for (const name of names) {
    for (const layer of (await json(`/styles/${name}.json`)).layers) {
      if (layer['source-layer']) assert.ok(tiles.has(layer['source-layer']), `${name} ${layer.id}: ${layer['source-layer']}`);
    }
  }
});
