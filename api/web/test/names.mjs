// Names on the plan of grid workers: none lies over another, and none is upside down.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { source } from './compiled.mjs';
import { randomly } from './random.mjs';

/** Whether a corner, or a point of the rim, of one rectangle lies in the other: asked of points, where the page asks of sides. */
function overlap(a, b) {
  const rim = ({ x, y, turn, wide, high }) => {
    const points = [];
    for (let i = 0; i <= 40; i++) for (const [u, v] of [[i / 40 - 0.5, -0.5], [i / 40 - 0.5, 0.5], [-0.5, i / 40 - 0.5], [0.5, i / 40 - 0.5]]) points.push([x + u * wide * Math.cos(turn) - v * high * Math.sin(turn), y + u * wide * Math.sin(turn) + v * high * Math.cos(turn)]);
    return points;
  };
  const holds = ({ x, y, turn, wide, high }, [px, py]) => Math.abs((px - x) * Math.cos(turn) + (py - y) * Math.sin(turn)) < wide / 2 && Math.abs((py - y) * Math.cos(turn) - (px - x) * Math.sin(turn)) < high / 2;
  if (Math.hypot(a.x - b.x, a.y - b.y) > (a.wide + a.high + b.wide + b.high) / 2) return false;
  return rim(a).some((point) => holds(b, point)) || rim(b).some((point) => holds(a, point));
}

test('no name lies over another, however many are wanted and however they are turned', async () => {
  const { place, widthOf } = await source('my/names');
  assert.equal(widthOf('新华路'), 3);
  assert.ok(widthOf('12') < 1.3);
  const { seed, random } = randomly();
  for (let round = 0; round < 20; round++) {
    const wishes = Array.from({ length: 300 }, (_, i) => {
      const text = ['3', '12A', '健康街', '胜利东街便民路'][Math.trunc(random() * 4)];
      const at = [random() * 700, random() * 500];
      const size = 12 + random() * 8;
      if (i % 3 > 0) return { text, size, at };
      return { text, size, along: [at, [random() * 700, random() * 500], [random() * 700, random() * 500]], apart: 200 };
    });
    const placed = place(wishes);
    const few = place(wishes.slice(0, 100));
    assert.deepEqual(placed.slice(0, few.length), few, `again with SEED=${seed}: a later name takes the place of an earlier one`);
    const boxes = placed.map(({ wish, at: [x, y], turned }) => ({ x, y, turn: (turned * Math.PI) / 180, wide: widthOf(wish.text) * wish.size, high: wish.size * 0.9, text: wish.text }));
    for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) assert.ok(!overlap(a, b), `again with SEED=${seed}: ${a.text} lies over ${b.text}`);
    for (const { turned } of placed) assert.ok(turned > -90.001 && turned <= 90, `again with SEED=${seed}: turned by ${turned}`);
    assert.ok(placed.length > 30, `again with SEED=${seed}: ${placed.length} names`);
  }
});

test('a name has the room of what it stands upon, and a street is not named twice side by side', async () => {
  const { place } = await source('my/names');
  assert.equal(place([{ text: '12', size: 14, at: [0, 0], room: 10 }]).length, 0);
  assert.equal(place([{ text: '12', size: 14, at: [0, 0], room: 30 }]).length, 1);
  const street = (y) => ({ text: '健康街', size: 14, along: [[0, y], [200, y]], apart: 280 });
  assert.equal(place([street(0), street(60)]).length, 1);
  assert.equal(place([street(0), street(400)]).length, 2);
  assert.equal(place([{ text: '健康街', size: 14, along: [[0, 0], [30, 0]] }]).length, 0);
});
