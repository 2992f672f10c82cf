import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, json, mapDrawn, rows, somewhere, withPage } from './harness.mjs';

/** How many colours a part of the page has, by what is really on the screen. */
async function colours(page, clip) {
  const shot = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, shot);
}

test('the map draws the city from our own tiles', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},16`, async (page) => {
    await rows(page); // with them comes the circle
    await mapDrawn(page);
    const drawn = await page.evaluate(() => {
      const count = {};
      for (const feature of window.gridatlas.map.queryRenderedFeatures()) count[feature.sourceLayer ?? feature.source] = (count[feature.sourceLayer ?? feature.source] ?? 0) + 1;
      return count;
    });
    for (const layer of ['streets', 'buildings', 'circle']) assert.ok(drawn[layer] > 0, `no ${layer} among ${JSON.stringify(drawn)}`);
    assert.ok((await colours(page, { x: 500, y: 150, width: 500, height: 500 })) > 50, 'the map is blank');
  });
});

test('bands lie under the streets and nest', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?from=${lon},${lat}`, async (page) => {
    await rows(page); // with them comes the circle
    await mapDrawn(page);
    const bands = await page.evaluate(() => window.gridatlas.map.querySourceFeatures('circle').map((f) => f.properties.band).filter(Boolean));
    assert.deepEqual([...new Set(bands)].sort(), ['inner', 'middle', 'outer']);
    // The minutes of a band stand on its outline, clear of the wider ones.
    const { features } = await page.evaluate(() => window.gridatlas.map.getSource('circle').getData());
    const metres = (a, b) => Math.hypot((a[0] - b[0]) * Math.cos((lat * Math.PI) / 180), a[1] - b[1]) * 111_320;
    const outlines = Object.fromEntries(features.filter((f) => f.properties.band).map((f) => [f.properties.band, f.geometry.coordinates.flat(2)]));
    for (const [band, minutes, wider] of [['outer', 15, []], ['middle', 10, ['outer']], ['inner', 5, ['outer', 'middle']]]) {
      const [label] = features.filter((f) => f.properties.minutes === minutes);
      assert.equal(label.properties.label, `${minutes} 分钟`);
      const clear = (name) => Math.min(...outlines[name].map((corner) => metres(corner, label.geometry.coordinates)));
      assert.ok(clear(band) < 1, `${minutes} minutes stand off their outline`);
      for (const name of wider) assert.ok(clear(name) > 50, `${minutes} minutes stand on the ${name} outline`);
    }
  });
});

test('the layer switch hides a group, and the next visit remembers it', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},16.5`, async (page) => {
    await mapDrawn(page);
    const buildings = () => page.evaluate(() => window.gridatlas.map.queryRenderedFeatures(undefined, { layers: ['building'] }).length);
    assert.ok((await buildings()) > 0);
    await page.click('#layers-button');
    await page.getByLabel('楼栋').uncheck();
    await mapDrawn(page);
    assert.equal(await buildings(), 0);
    await page.reload();
    await mapDrawn(page);
    assert.equal(await buildings(), 0);
  });
});

/** Waits until the card says something. */
const says = (page, what) => eventually(async () => assert.match(await page.locator('#card').innerText(), what));

test('a click on a building, on open ground and on a street opens a card', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?view=${lon},${lat},17`, async (page) => {
    const place = async (layer) => {
      await mapDrawn(page);
      return page.evaluate((id) => {
        const { map } = window.gridatlas;
        const box = map.getCanvas().getBoundingClientRect();
        for (let y = 120; y < box.height - 60; y += 12) {
          for (let x = 380; x < box.width - 120; x += 12) {
            const found = map.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]]).map((f) => f.layer.id);
            const here = map.queryRenderedFeatures([x, y]).map((f) => f.layer.id);
            const icons = found.some((l) => /^(icon|dot|result|gate|label)/.test(l));
            if (!icons && (id === null ? !here.some((l) => /^(building|street|compound)/.test(l)) : here.includes(id))) return { x: box.x + x, y: box.y + y };
          }
        }
        return null;
      }, layer);
    };
    const building = await place('building');
    assert.ok(building, 'no building in sight');
    await page.mouse.click(building.x, building.y);
    await page.waitForURL(/show=buildings\/\d+/);
    await page.locator('#card h2').waitFor();
    const { properties } = await json(`/collections/${new URL(page.url()).searchParams.get('show').replace('/', '/items/')}`);
    await says(page, new RegExp(properties.name || properties.number || '住宅|商业|办公|其他'));
    await page.goBack();
    await page.locator('#card').waitFor({ state: 'hidden' });

    const ground = await place(null);
    assert.ok(ground, 'no open ground in sight');
    await page.mouse.click(ground.x, ground.y);
    await page.waitForURL(/show=[\d.]+,[\d.]+/);
    await says(page, /地图上的位置[\s\S]*这里还有[\s\S]*社区/);
    await page.locator('#card .also button').last().click();
    await page.waitForURL(/show=places\/\d+/);
    await page.goBack();
    await page.goBack();
    await page.locator('#card').waitFor({ state: 'hidden' });

    const street = await place('street-lane');
    assert.ok(street, 'no lane in sight');
    await page.mouse.click(street.x, street.y);
    await page.locator('#card h2').waitFor();
  });
});

test('“15 minutes from here” starts a new circle, from a card and after a right click', async () => {
  const { lon, lat, booth } = await somewhere();
  await withPage(desktop, `/?show=booths/${booth.id}&view=${lon},${lat},16`, async (page) => {
    await page.getByRole('button', { name: '从这里走 15 分钟' }).click();
    await page.waitForURL(/from=/);
    await eventually(async () => assert.equal(await page.locator('#from').textContent(), `从：${booth.name}`));
    await rows(page);
    await mapDrawn(page);
    await page.mouse.click(900, 500, { button: 'right' });
    await page.getByText('地图上的位置').waitFor();
    await page.getByRole('button', { name: '从这里走 15 分钟' }).click();
    await page.waitForFunction(() => document.getElementById('from').textContent.includes('点选的位置'));
  });
});

test('in the planning style each grid has its tint, and a coverage takes the ground for itself', async () => {
  const { lon, lat } = await somewhere();
  const { tints } = await json('/grids/tints');
  assert.equal(tints.length, 6);
  const tintOf = new Map(tints.flatMap((ids, tint) => ids.map((id) => [id, tint])));
  // What the grids in sight have, once all of them have a tint, or none has.
  const states = async (page, tinted) => {
    await page.evaluate((center) => window.gridatlas.map.jumpTo({ center, zoom: 14 }), [lon, lat]);
    await mapDrawn(page);
    const drawn = await page.waitForFunction((on) => {
      const seen = window.gridatlas.map.queryRenderedFeatures(undefined, { layers: ['grid-tint'] }).map((f) => [f.id, f.state.tint ?? null]);
      return seen.length > 0 && seen.every(([, tint]) => (tint !== null) === on) && seen;
    }, tinted);
    return drawn.jsonValue();
  };
  await withPage(desktop, `/?style=planner&view=${lon},${lat},14`, async (page) => {
    await mapDrawn(page);
    const drawn = await states(page, true);
    assert.equal(new Set(drawn.map(([, tint]) => tint)).size, 6, 'not all tints are on the screen');
    for (const [id, tint] of drawn) assert.equal(tint, tintOf.get(id), `grid ${id}`);

    await page.click('#coverage-button');
    await page.waitForURL(/coverage=/);
    await page.locator('#legend').waitFor();
    await states(page, false);
    await page.click('#coverage-button');
    await states(page, true);
  });
});
