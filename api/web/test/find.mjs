import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, json, rows, somewhere, withPage } from './harness.mjs';

test('a circle lists what the server found, category by category, by minutes', async () => {
  const { lon, lat } = await somewhere();
  const answer = await json(`/walk/circle?lon=${lon}&lat=${lat}&minutes=15&of=booths`);
  assert.ok(answer.reachable.booths.length > 0);
  await withPage(desktop, `/?from=${lon},${lat}&of=repair`, async (page) => {
    const listed = await rows(page);
    assert.deepEqual(listed.map((row) => row.key), answer.reachable.booths.map((b) => `booths/${b.id}`).slice(0, 20));
    assert.match(await page.locator('#summary').textContent(), new RegExp(`15 分钟内 · ${answer.reachable.booths.length} 个`));
    await page.getByRole('button', { name: '全部' }).click();
    await page.waitForFunction(() => document.querySelectorAll('#list h3').length > 3);
    const groups = await page.locator('#list ul').evaluateAll((lists) => lists.map((list) => [...list.querySelectorAll('.minutes')].map((m) => Number.parseInt(m.textContent, 10))));
    for (const minutes of groups) assert.deepEqual(minutes, [...minutes].sort((a, b) => a - b));
  });
});

test('fewer minutes show fewer places without asking again', async () => {
  const { lon, lat } = await somewhere();
  await withPage(desktop, `/?from=${lon},${lat}`, async (page) => {
    await rows(page);
    let asked = 0;
    page.on('request', (request) => (asked += request.url().includes('/walk/circle') ? 1 : 0));
    await page.getByRole('button', { name: '5 分钟', exact: true }).click();
    await page.waitForFunction(() => document.getElementById('summary').textContent.startsWith('5 分钟内'));
    for (const row of await rows(page)) assert.ok(row.minutes <= 5, `${row.name} at ${row.minutes} minutes`);
    assert.equal(asked, 0);
    const request = page.waitForRequest(/speed=elder/);
    await page.selectOption('#speed', 'elder');
    await request;
  });
});

test('search finds by name, by number and by code', async () => {
  const { booth } = await somewhere();
  const compound = (await json('/collections/compounds/items?limit=1')).features[0];
  const cases = [
    [booth.name, `booths/${booth.id}`, booth.name],
    [booth.number, `booths/${booth.id}`, booth.name],
    [compound.properties.code, `compounds/${compound.id}`, compound.properties.name],
  ];
  await withPage(desktop, '/', async (page) => {
    for (const [typed, key, title] of cases) {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(typed);
      await page.locator('#suggestions .option').first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(new RegExp(`show=${key}$|show=${key}&`));
      await eventually(async () => assert.equal(await page.locator('#card h2').textContent(), title));
      await page.locator('#card .close').click();
      await page.fill('#q', '');
    }
    // Enter before the suggestions have come, with those of another text still there.
    await page.fill('#q', booth.name);
    await page.locator('#suggestions .option').first().waitFor();
    await page.fill('#q', compound.properties.code);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`show=compounds/${compound.id}`));
    await page.locator('#card .close').click();
    await page.fill('#q', '没有这个地方吧');
    await page.getByText('没有找到“没有这个地方吧”').waitFor();
  });
});

test('search finds by pinyin, by initials and by the number of a building', async () => {
  const building = (await json('/search?q=五道庙小区1号楼')).items[0];
  assert.equal(building.layer, 'buildings');
  await withPage(desktop, '/', async (page) => {
    for (const [typed, first] of [['wdm', /^五道庙/], ['wudaomiao', /^五道庙/], ['WuDao', /^五道庙/], ['ＷＤＭ', /^五道庙/], ['五道庙小区1号楼', new RegExp(`^${building.name}$`)], ['五道庙小区 1', /五道庙小区1/]]) {
      await page.fill('#q', '');
      await page.waitForFunction(() => document.getElementById('suggestions').hidden);
      await page.fill('#q', typed);
      await eventually(async () => assert.match(await page.locator('#suggestions .option .name').first().textContent(), first, typed));
    }
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/show=buildings\/\d+/);
  });
});

test('a place in an address is shown again', async () => {
  const { lon, lat, booth } = await somewhere();
  await withPage(desktop, `/?from=${lon},${lat}&name=某处&minutes=10&speed=adult&of=repair&show=booths/${booth.id}`, async (page) => {
    await page.locator('#card h2').waitFor();
    assert.equal(await page.locator('#card h2').textContent(), booth.name);
    assert.equal(await page.locator('#from').textContent(), '从：某处');
    assert.equal(await page.locator('#speed').inputValue(), 'adult');
    assert.equal(await page.locator('.segment[aria-pressed=true]').textContent(), '10');
    assert.equal(await page.locator('.chip[aria-pressed=true]').textContent(), '修理');
  });
});
