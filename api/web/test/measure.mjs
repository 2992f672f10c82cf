import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, mapDrawn, phone, somewhere, withPage } from './harness.mjs';

// Lengths around and areas by PostGIS 3.3, ST_Perimeter and ST_Area of geography; the
// octant of the globe by its surface, as GeographicLib gives it.
const judged = [
  { ring: [[119.15, 36.7], [119.16, 36.701], [119.158, 36.712], [119.152, 36.709]], around: 3779.8265413, area: 793270.4030759 },
  { ring: [[7.42, 43.73], [7.4201, 43.73], [7.4201, 43.7301], [7.42, 43.7301]], around: 38.3351854, area: 89.5177263 },
  { ring: [[116.2, 28.1], [117.4, 28.2], [117.1, 28.9], [116.3, 28.7]], around: 349737.3026132, area: 7214021789.3 },
  { ring: [[0, 0], [90, 0], [0, 90]], around: 30022685.63, area: 63758202715511.05 },
];

test('lengths and areas are those of the ellipsoid', async () => {
  await withPage(desktop, '/', async (page) => {
    await mapDrawn(page);
    for (const { ring, around, area } of judged) {
      const ours = await page.evaluate((r) => ({ around: window.gridatlas.geodesy.length([...r, r[0]]), area: window.gridatlas.geodesy.area(r), back: window.gridatlas.geodesy.area([...r].reverse()) }), ring);
      assert.ok(Math.abs(ours.around / around - 1) < 1e-8, `${ours.around} m around, not ${around}`);
      assert.ok(Math.abs(ours.area / area - 1) < 1e-5, `${ours.area} m2, not ${area}`);
      assert.ok(Math.abs(ours.back / ours.area - 1) < 1e-9, 'the turn of the ring matters');
    }
  });
});

const says = (page, value) => eventually(async () => assert.match(await page.locator('#measure strong').textContent(), value));
const exactly = (text) => new RegExp(`^${text.replaceAll('.', '\\.')}$`);
const pointsNow = (page) => page.evaluate(() => window.gridatlas.map.getSource('measure').getData().then((data) => data.features.filter((f) => f.properties.part === 'point').map((f) => f.geometry.coordinates)));

/** The points that are set, once they are so many. */
const points = (page, count) =>
  eventually(async () => {
    const set = await pointsNow(page);
    assert.equal(set.length, count);
    return set;
  });

test('a length and an area by clicks, with undo, and Escape gives the map back', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},16`, async (page) => {
    await mapDrawn(page);
    await page.getByRole('button', { name: '测量' }).click();
    for (const [x, y] of [[700, 350], [900, 350], [900, 500]]) await page.mouse.click(x, y);
    const set = await points(page, 3);
    const metres = await page.evaluate((line) => window.gridatlas.geodesy.length(line), set);
    await says(page, exactly(metres < 999.5 ? `${Math.round(metres)} 米` : `${(metres / 1000).toFixed(2)} 公里`));

    await page.getByRole('button', { name: '面积' }).click();
    const squareMetres = await page.evaluate((ring) => window.gridatlas.geodesy.area(ring), set);
    await says(page, exactly(squareMetres < 9999.5 ? `${Math.round(squareMetres).toLocaleString('zh-CN')} 平方米` : `${(squareMetres / 10_000).toFixed(2)} 公顷`));
    assert.match(await page.locator('#measure p').textContent(), /约 [\d.]+ 亩 · 周长/);
    await page.mouse.click(800, 250); // crosses no edge yet
    await page.mouse.click(850, 700);
    await page.getByText('边线相交').waitFor();
    await page.getByRole('button', { name: '撤销' }).click();
    await page.keyboard.press('Backspace');
    assert.deepEqual(await points(page, 3), set);
    await page.getByRole('button', { name: '清除' }).click();
    await points(page, 0);

    await page.keyboard.press('Escape');
    await page.locator('#measure').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement.id === 'measure-button');
    assert.ok(!page.url().includes('show='), 'a click of the measuring opened a card');
    await page.mouse.click(900, 350);
    await page.locator('#card h2').waitFor();
  });
});

test('measuring by keyboard alone', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},16`, async (page) => {
    await mapDrawn(page);
    await page.locator('#measure-button').focus();
    await page.keyboard.press('Enter');
    await page.locator('#measure').waitFor();
    await page.keyboard.press('Enter');
    const centre = () => page.evaluate(() => window.gridatlas.map.getCenter().lng);
    const before = await centre();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((lng) => window.gridatlas.map.getCenter().lng > lng && !window.gridatlas.map.isMoving(), before);
    await page.keyboard.press('Enter');
    await points(page, 2);
    await says(page, /^[\d.]+ 米$/);
    await page.keyboard.press('Control+z');
    await points(page, 1);
    await page.keyboard.press('Escape');
    await page.locator('#measure').waitFor({ state: 'hidden' });
  });
});

test('measuring with a finger; the place to start from is chosen with another tool', async () => {
  const { lon, lat } = await somewhere();
  await withPage(phone, `/?view=${lon},${lat},16`, async (page) => {
    await mapDrawn(page);
    await page.getByRole('button', { name: '测量' }).tap();
    await page.locator('#measure').waitFor();
    // The sheet goes down over where the finger is about to come.
    await page.waitForFunction(() => document.elementFromPoint(100, 420)?.closest('#map') && document.getAnimations().length === 0);
    await page.touchscreen.tap(100, 420);
    await points(page, 1);
    await page.touchscreen.tap(200, 420);
    await points(page, 2);
    await says(page, /^[\d.]+ 米$/);
    // The other tool takes the map over and keeps it.
    await page.evaluate(() => document.getElementById('from-change').click());
    await page.evaluate(() => [...document.querySelectorAll('#from-menu button')].find((b) => b.textContent.includes('点一下')).click());
    await page.locator('#measure').waitFor({ state: 'hidden' });
    await page.touchscreen.tap(150, 300);
    await page.waitForFunction(() => document.getElementById('from').textContent.includes('点选的位置'));
  });
});
