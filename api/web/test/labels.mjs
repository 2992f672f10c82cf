// How many names a screen has, and that none of them is there twice.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { json, mapDrawn, phone, somewhere, withPage } from './harness.mjs';

const most = { 13: 12, 15: 25, 17: 40 }; // of a phone

/** The names that are written on the map: each with its layer and whether it runs along a line. */
const written = (page) =>
  page.evaluate(() => {
    const { map } = window.gridatlas;
    const along = new Set(map.getStyle().layers.filter((l) => l.layout?.['symbol-placement'] === 'line').map((l) => l.id));
    return map
      .queryRenderedFeatures()
      .filter((f) => f.layer.type === 'symbol' && (/^label-|-label$|^result-name$/.test(f.layer.id) || (/^icon-/.test(f.layer.id) && map.getZoom() >= 16)))
      .map((f) => ({ layer: f.layer.id, id: f.id, name: f.properties.label ?? f.properties.name, along: along.has(f.layer.id), at: f.geometry.type === 'Point' ? f.geometry.coordinates : null }))
      .filter((label) => label.name);
  });

test('a phone has few names at every zoom, and no name twice side by side', async () => {
  const { lon, lat } = await somewhere();
  const { features } = await json('/collections/places/items?kind=street&limit=2');
  const places = [[lon, lat], ...features.map((f) => f.geometry.coordinates[0].at(-1)).map((p) => (typeof p[0] === 'number' ? p : p[0]))];
  for (const style of ['standard', 'planner', 'emergency']) {
    await withPage(phone, `/?style=${style}&view=${lon},${lat},13`, async (page) => {
      await page.locator('#list .row').first().waitFor({ state: 'attached' });
      await mapDrawn(page);
      for (const zoom of [13, 15, 17]) {
        for (const center of style === 'standard' ? places : places.slice(0, 1)) {
          await page.evaluate((to) => window.gridatlas.map.jumpTo(to), { center, zoom });
          await mapDrawn(page);
          const names = await written(page);
          const where = `${style} at z${zoom} around ${center}`;
          assert.ok(names.length <= most[zoom], `${names.length} names: ${where}: ${names.map((n) => `${n.layer} ${n.name}`).join(', ')}`);
          const points = names.filter((n) => !n.along && n.at && !n.layer.startsWith('icon-')); // two stops of one name are two, each with its icon
          for (const [i, a] of points.entries()) {
            for (const b of points.slice(i + 1)) {
              const apart = Math.hypot((a.at[0] - b.at[0]) * Math.cos((lat * Math.PI) / 180), a.at[1] - b.at[1]) * 111_320;
              assert.ok(a.name !== b.name || apart > 150, `${a.layer} and ${b.layer} say ${a.name}: ${where}`);
            }
          }
        }
      }
    });
  }
});
