// What imports left for people to decide.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, importFile, json, mapDrawn, phone, somewhere, withPage } from './harness.mjs';

test('the worklist lists what an import could not place, and shows where it may be', async () => {
  const { features } = await json('/collections/compounds/items?limit=1');
  const compound = features[0].properties.name;
  importFile('places.csv', `名称,所属小区\n修鞋的,${compound}\n配钥匙的,没有这个小区\n`, '--layer', 'booths');
  const { lon, lat } = await somewhere();
  for (const [options, language] of [[desktop, 'zh'], [phone, 'en']]) {
    await withPage(options, `/?from=${lon},${lat}&lang=${language}`, async (page) => {
      await mapDrawn(page);
      const marks = () => page.evaluate(() => window.gridatlas.map.querySourceFeatures('worklist').length);
      assert.equal(await marks(), 0);
      await page.locator('#worklist-button').click();
      const rows = page.locator('.worklist button');
      await rows.nth(1).waitFor();
      assert.equal(await rows.count(), 2);
      const found = rows.filter({ hasText: '修鞋的' });
      assert.match(await found.innerText(), new RegExp(`${language === 'zh' ? '可能是' : 'Perhaps'}.*${compound}`));
      assert.ok(await rows.filter({ hasText: '配钥匙的' }).isDisabled(), 'it lies nowhere, and yet leads somewhere');
      await found.click();
      await page.waitForFunction(() => window.gridatlas.map.getZoom() > 16 && window.gridatlas.map.queryRenderedFeatures({ layers: ['worklist-point'] }).length === 1);
      if (options === phone) { // the list gave way to the map
        await page.locator('#worklist').waitFor({ state: 'hidden' });
        await page.locator('#worklist-button').click();
        await rows.nth(1).waitFor();
      }
      await page.keyboard.press('Escape');
      await page.locator('#worklist').waitFor({ state: 'hidden' });
      await page.waitForFunction(() => window.gridatlas.map.querySourceFeatures('worklist').length === 0);
    });
  }
});
