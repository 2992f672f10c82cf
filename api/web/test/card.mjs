import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, json, mapDrawn, rows, somewhere, withPage } from './harness.mjs';

test('a row opens its card, the card shows the way, back undoes each step', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?from=${lon},${lat}`, async (page) => {
    const listed = await rows(page);
    await mapDrawn(page);
    const row = listed.findLast((one) => one.minutes >= 3) ?? listed.at(-1);
    await page.locator(`[data-key="${row.key}"]`).click();
    await page.locator('#card h2').waitFor();
    assert.equal(await page.locator('#card h2').textContent(), row.name);
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2');
    await page.locator('#walk', { hasText: `步行 ${row.minutes} 分钟` }).waitFor();
    assert.equal(await page.locator(`[data-key="${row.key}"]`).getAttribute('aria-current'), 'true');

    await page.getByRole('button', { name: '路线' }).click();
    await page.locator('.steps li').first().waitFor();
    await page.waitForFunction(() => window.gridatlas.map.querySourceFeatures('route').some((f) => f.properties.part === 'way'));

    await page.goBack();
    await page.locator('.steps').waitFor({ state: 'detached' });
    await page.goBack();
    await page.locator('#card').waitFor({ state: 'hidden' });
    await page.goForward();
    await page.locator('#card h2').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#card').waitFor({ state: 'hidden' });
    await page.waitForFunction((key) => document.activeElement.dataset.key === key, row.key);
  });
});

test('a card says what the public may know, in words', async () => {
  const { booth } = await somewhere();
  await withPage({ ...desktop, permissions: ['clipboard-read', 'clipboard-write'] }, `/?show=booths/${booth.id}`, async (page) => {
    const card = page.locator('#card');
    await card.locator('h2').waitFor();
    const text = await card.innerText();
    for (const part of [booth.name, booth.landmark, booth.number]) assert.ok(text.includes(part), `no ${part} in ${text}`);
    assert.doesNotMatch(text, /\b(Mo|Fr|Su)\b|null|undefined/);
    assert.equal(await card.getByRole('link', { name: /^电话/ }).getAttribute('href'), `tel:${booth.phone.replace(/[^\d+]/g, '')}`);
    await card.getByRole('button', { name: '复制' }).click();
    await page.getByText(`已复制 ${booth.number}`).waitFor();
    await eventually(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()), booth.number));
  });
});

test('codes of other features become their names', async () => {
  const compound = (await json('/collections/compounds/items?limit=1')).features[0];
  const community = (await json(`/collections/places/items?code=${compound.properties.community}&limit=1`)).features[0];
  await withPage(desktop, `/?show=compounds/${compound.id}`, async (page) => {
    await page.locator('#card').getByText('更多').click();
    await page.locator('#card').getByRole('button', { name: community.properties.name }).click();
    await page.waitForURL(new RegExp(`show=places/${community.id}`));
  });
});

test('a place that is gone says so', async () => {
  await withPage({ ...desktop, expect: /404/ }, '/?show=booths/999999', async (page) => {
    await page.getByText('没有找到这个地点，可能已经撤销。').waitFor();
  });
});

test('the way in a card ends where the list says, also from a copied address', async () => {
  const { lon, lat } = await somewhere();
  const circle = await json(`/walk/circle?lon=${lon}&lat=${lat}&of=shelters,facilities&minutes=15&outlines=0`);
  const place = Object.values(circle.reachable).flat()[0];
  const route = await json(`/walk/route?from=${lon},${lat}&to=${place.layer}/${place.id}`);
  assert.equal(route.properties.metres, place.metres);
  const asked = [];
  const prepare = (page) =>
    page.on('request', (request) => {
      if (request.url().includes('/walk/route')) asked.push(new URL(request.url()).searchParams.get('to'));
    });
  await withPage({ ...desktop, prepare }, `/?from=${lon},${lat}&show=${place.layer}/${place.id}&route=1`, async (page) => {
    await page.locator('#card .steps li').first().waitFor();
    assert.deepEqual([...new Set(asked)], [`${place.layer}/${place.id}`]);
  });
});

test('a view that no map has is passed over', async () => {
  await withPage(desktop, '/?view=999,999,99', mapDrawn);
});

test('the card of a closure says first why, and who is kept out', async () => {
  const { lon, lat } = await somewhere();
  const closure = {
    type: 'Feature', id: 7, layer: 'closures', properties: { name: '健康街封闭', reason: '积水', for: 'all' },
    geometry: { type: 'LineString', coordinates: [[lon, lat], [lon + 0.001, lat]] },
  };
  const prepare = (page) => page.route('**/collections/closures/items/7*', (route) => route.fulfill({ json: closure }));
  await withPage({ ...desktop, prepare }, '/?show=closures/7', async (page) => {
    await page.locator('#card h2').waitFor();
    assert.equal(await page.locator('#card .states').textContent(), '积水限制对象：所有人');
    assert.equal(await page.locator('#card .states .state').textContent(), '积水');
  });
});

test('a card that opens before the list says how the booth stands once the list has come', async () => {
  const { lon, lat, booth } = await somewhere();
  let come;
  const asked = new Promise((resolve) => (come = resolve));
  const prepare = (page) =>
    page.route('**/walk/circle*', async (route) => {
      const response = await route.fetch();
      const circle = await response.json();
      for (const places of Object.values(circle.reachable)) for (const place of places) Object.assign(place, { open_now: true, state: 'open' });
      await asked;
      await route.fulfill({ response, json: circle });
    });
  await withPage({ ...desktop, prepare }, `/?from=${lon},${lat}&show=booths/${booth.id}`, async (page) => {
    await page.locator('#card h2', { hasText: booth.name }).waitFor();
    assert.equal(await page.locator('#card .state').count(), 0, 'it is not known yet');
    come();
    await page.locator('#card .state', { hasText: '出摊中' }).waitFor();
  });
});

test('a booth stands as the server says, in card and list, whatever its status was when last set', async () => {
  const { lon, lat, booth } = await somewhere();
  for (const [stands, open, state] of [['open', true, '出摊中'], ['closed', false, '已收摊'], ['away', false, '暂离'], ['unconfirmed', null, '未确认']]) {
    const prepare = (page) =>
      page.route('**/walk/circle*', async (route) => {
        const response = await route.fetch();
        const circle = await response.json();
        for (const places of Object.values(circle.reachable)) for (const place of places) Object.assign(place, { open_now: open, state: stands });
        await route.fulfill({ response, json: circle });
      });
    await withPage({ ...desktop, prepare }, `/?from=${lon},${lat}`, async (page) => {
      await page.locator(`[data-key="booths/${booth.id}"]`).click();
      await eventually(async () => assert.deepEqual(await page.locator('#card .state').allInnerTexts(), [state]));
      await page.keyboard.press('Escape');
      await page.locator(`[data-key="booths/${booth.id}"]`, { hasText: state }).waitFor();
    });
  }
});
