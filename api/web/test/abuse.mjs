import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, importFile, json, mapDrawn, withPage } from './harness.mjs';

// Row 16 of SECURITY.md in a browser; withPage fails a page of which any script, picture or policy does what it should not.
test('abuse 16: markup in the fields of a place is text in the list, on the card, on the map and in the search', async () => {
  const markup = (field) => `<img src=x onerror=stolen=1>${field}<script>stolen=1</script>"'&amp;`;
  const name = markup('棚');
  const { features: others } = await json('/collections/booths/items?limit=50');
  const [lon, lat] = others.at(-1).geometry.coordinates;
  const properties = { name, landmark: markup('旁'), operator: markup('家'), address: markup('号'), note: markup('注'), trades: ['shoe'] };
  importFile('markup.geojson', JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [lon + 1e-4, lat] }, properties }] }), '--layer', 'booths');
  const found = await eventually(async () => {
    const { features } = await json(`/collections/booths/items?name=${encodeURIComponent(name)}`);
    assert.equal(features.length, 1);
    return features[0];
  });
  const isText = async (page) => assert.deepEqual(await page.evaluate(() => [window.stolen, document.querySelectorAll('img[src=x]').length]), [undefined, 0]);
  await withPage(desktop, `/?from=${lon},${lat}&of=repair#17/${lat}/${lon}`, async (page) => {
    await page.locator(`#list [data-key="booths/${found.id}"] .name`).waitFor();
    assert.equal(await page.locator(`#list [data-key="booths/${found.id}"] .name`).textContent(), name);
    await page.locator(`#list [data-key="booths/${found.id}"]`).click();
    await page.locator('#card h2').waitFor();
    assert.equal(await page.locator('#card h2').textContent(), name);
    const card = await page.locator('#card').textContent();
    for (const field of ['landmark', 'note']) assert.ok(found.properties[field] === undefined || card.includes(properties[field]), `no ${field} in ${card}`);
    await mapDrawn(page);
    await isText(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type(name);
    await page.locator('#suggestions .option').first().waitFor();
    assert.ok((await page.locator('#suggestions').textContent()).includes(name));
    await isText(page);
  });
  await withPage(desktop, `/?show=booths/${found.id}`, async (page) => {
    await page.locator('#card h2').waitFor();
    assert.equal(await page.locator('#card h2').textContent(), name);
    await isText(page);
  });
});
