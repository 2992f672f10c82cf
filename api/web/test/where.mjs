// Where somebody stands, by what was taken along.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { source } from './compiled.mjs';

const { away, covers, whereIs } = await source('my/where');

const metre = 1 / 111_320;
const [lon, lat] = [119.1, 36.7];
const narrow = Math.cos((lat * Math.PI) / 180);
/** A point so many metres east and north. */
const at = (x, y) => [lon + (x * metre) / narrow, lat + y * metre];
const ring = (w, s, e, n) => [at(w, s), at(e, s), at(e, n), at(w, n), at(w, s)];
const box = (...corners) => ({ type: 'Polygon', coordinates: [ring(...corners)] });
const court = { type: 'MultiPolygon', coordinates: [[ring(0, 0, 60, 60), ring(20, 20, 40, 40)], [ring(100, 0, 120, 20)]] };

test('an area holds what lies in it, and not its court', () => {
  for (const [x, y, inside] of [[10, 10, true], [30, 30, false], [70, 10, false], [110, 10, true], [-1, 30, false], [30, 59, true]]) {
    assert.equal(covers(court, at(x, y)), inside, `${x}, ${y}`);
    assert.equal(away(court, at(x, y)) === 0, inside, `${x}, ${y}`);
  }
});

test('metres to an area are those to its outline', () => {
  for (const [x, y, metres] of [[30, 30, 10], [-7, 30, 7], [-3, -4, 5], [80, 10, 20], [123, 24, 5]]) {
    const got = away(court, at(x, y));
    assert.ok(Math.abs(got - metres) < 0.05, `${x}, ${y}: ${got}, not ${metres}`);
  }
});

test('the nearest buildings are offered, within what a fix is good for', () => {
  const building = (id, ...corners) => ({ id, geometry: box(...corners) });
  const work = {
    grids: [{ code: 'G1', geometry: box(0, 0, 400, 400) }, { code: 'G2', geometry: box(400, 0, 800, 400) }],
    buildings: [building(1, 10, 10, 50, 20), building(2, 10, 30, 50, 40), building(3, 10, 50, 50, 60), building(4, 10, 70, 50, 80), building(5, 10, 90, 50, 100)],
  };
  const found = (x, y, accuracy) => {
    const here = whereIs(at(x, y), accuracy, work);
    return [here.grid?.code ?? null, ...here.buildings.map(({ building }) => building.id)];
  };
  assert.deepEqual(found(20, 15, 5), ['G1', 1, 2]); // 0 and 15 metres
  assert.deepEqual(found(20, 44, 5), ['G1', 2, 3]); // between two
  assert.deepEqual(found(20, 44, 40), ['G1', 2, 3, 1], 'no more than three');
  assert.deepEqual(found(500, 15, null), ['G2']);
  assert.deepEqual(found(-5, 15, 2000), ['G1', 1, 2, 3], 'a fix that is good for nothing reaches 70 metres');
  assert.deepEqual(found(-500, 15, 5), [null]);
  const near = (x, y, accuracy) => {
    const { grid, border } = whereIs(at(x, y), accuracy, work);
    return `${grid?.code} ${border}`;
  };
  assert.equal(near(200, 200, 20), 'G1 false');
  assert.equal(near(395, 200, 20), 'G1 true', 'one may stand in the next grid');
  assert.equal(near(405, 200, 20), 'G2 true');
  assert.equal(near(-15, 200, 20), 'G1 true', 'a worker at the edge is not sent away');
  assert.equal(near(-25, 200, 20), 'undefined false');
  assert.equal(near(-5, 200, null), 'undefined false', 'a point that was chosen is where it is');
  assert.equal(near(399, 200, null), 'G1 false');
});
