// Numbered marks on maps: none lies on another, and the first of a list keep their right.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { source } from './compiled.mjs';
import { randomly } from './random.mjs';

test('no mark lies on another, nor on what else is there, and a line leads from each to its place', async () => {
  const { apart } = await source('map/apart');
  const { seed, random } = randomly();
  for (let round = 0; round < 200; round++) {
    const [width, height] = [200 + 800 * random(), 150 + 600 * random()];
    const heap = random(); // how much they lie in one heap
    const places = Array.from({ length: 1 + Math.trunc(40 * random()) }, () => [width / 2 + (random() - 0.5) * width * heap, height / 2 + (random() - 0.5) * height * heap]);
    if (places.length > 2) places[1] = places[0]; // two at one door
    const room = { number: 32 + 8 * Math.trunc(2 * random()), dot: 24, taken: [{ at: [width / 2, height / 2], wide: 32 }], width, height };
    const shown = apart(places, room);
    assert.equal(shown.length, places.length);
    const discs = [...room.taken];
    shown.forEach(({ as, by: [x, y] }, i) => {
      if (as === 'nothing') return;
      const at = [places[i][0] + x, places[i][1] + y];
      const wide = as === 'number' ? room.number : room.dot;
      for (const other of discs) assert.ok(Math.hypot(other.at[0] - at[0], other.at[1] - at[1]) > (other.wide + wide) / 2, `again with SEED=${seed}: mark ${i + 1} lies on another`);
      if (x || y) {
        assert.ok(at.every((v, k) => v >= wide / 2 - 1e-9 && v <= [width, height][k] - wide / 2 + 1e-9), `again with SEED=${seed}: mark ${i + 1} was led out of the map`);
        assert.ok(Math.hypot(x, y) <= 2.5 * room.number + 1e-9, `again with SEED=${seed}: mark ${i + 1} stands far from its place`);
      }
      if (as === 'dot') assert.deepEqual([x, y], [0, 0]);
      discs.push({ at, wide });
    });
    const few = Math.trunc(places.length / 2);
    assert.deepEqual(apart(places.slice(0, few), room), shown.slice(0, few), `again with SEED=${seed}: a later mark takes the place of an earlier one`);
  }
});
