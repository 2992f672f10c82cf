// Rows of parking spaces are drawn: by a form without script, by pointer, by keyboard.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, desktop, json, phone, serious, withPage } from './harness.mjs';

const picture = (page, name) => (process.env.PICTURES ? page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true }) : undefined);

/** Waits until a part of the page says something. */
const says = (page, where, what) => page.locator(where).filter({ hasText: what }).first().waitFor();

const drawPath = '/registers/parking/draw';

// A compound of the demo city whose middle is free: a row along its south, one across building 3, one through its wall.
const compound = '370702002004-X0002';
const line = '119.0814 36.6888, 119.0819 36.6888';
const across = '119.0818 36.6893，119.0822 36.6893';
const beyond = '119.0826 36.6888; 119.0829 36.6888';

const given = async () => (await json(`/collections/parking/items?filter=compound='${compound}' AND number IS NOT NULL&limit=1`)).numberMatched;

test('a row of parking spaces is drawn by a form without script, and undone', async () => {
  const before = await given();
  await withPage({ ...desktop, javaScriptEnabled: false, ...(await asStaff()), expect: /422|404/ }, '/registers?view=parking&community=370702002004&lang=zh', async (page) => {
    await page.getByRole('link', { name: '画一排车位' }).click();
    await page.getByLabel('在哪个小区画').fill('没有这个小区');
    await page.getByRole('button', { name: '下一步' }).click();
    await says(page, '.wrong', /没有叫“没有这个小区”的小区/);
    await page.getByLabel('在哪个小区画').fill('枫丰');
    await page.getByRole('button', { name: '下一步' }).click();
    await page.getByRole('link', { name: /枫丰小镇 · 西南关社区/ }).or(page.getByRole('heading', { name: '画一排车位' })).first().waitFor();
    await page.goto(`${new URL(page.url()).origin}${drawPath}?compound=${compound}`);
    // What is wrong stands beside its field, with what was typed.
    await page.getByLabel('车位前沿线').fill('36.6888 119.0814, 36.6888 119.0819');
    await page.getByLabel('第一个车位号').fill('甲');
    await page.getByRole('button', { name: '画上去' }).click();
    for (const said of [/经度和纬度写反了/, /请填画几个/, /车位号要以数字结尾/]) await says(page, '#row', said);
    assert.equal(await page.getByLabel('第一个车位号').inputValue(), '甲');
    await page.getByLabel('车位前沿线').fill(line);
    await page.getByLabel('画几个').fill('３０');
    await page.getByLabel('第一个车位号').fill('N-098');
    await page.getByRole('button', { name: '先看一看' }).click();
    await says(page, '#row .wrong', /这条线只放得下 18 个/);
    await page.getByLabel('画几个').fill('12');
    await page.getByRole('button', { name: '先看一看' }).click();
    for (const said of [/12 个：N-098–N-109/, /5\.3 × 2\.4 米/, /153 平方米/, /44\.7 米，放得下 18 个/]) await says(page, '#plan', said);
    assert.equal(await given(), before);
    assert.equal(await page.locator('svg.picture .good').count(), 12);
    assert.ok(await page.locator('svg.picture .good').first().isVisible());
    await picture(page, 'draw-preview');
    await page.getByRole('button', { name: '画上去' }).click();
    await says(page, '.result', /已画上 12 个车位：N-098–N-109/);
    assert.equal(new URL(page.url()).pathname, drawPath);
    assert.equal(await page.locator('tbody tr', { hasText: '新' }).count(), 12);
    assert.equal(await page.getByLabel('第一个车位号').inputValue(), 'N-110');
    assert.equal(await given(), before + 12);
    await picture(page, 'draw-done');
    // The same row again: nothing is drawn, and what is in the way is named.
    await page.getByLabel('车位前沿线').fill(line);
    await page.getByLabel('画几个').fill('3');
    await page.getByLabel('第一个车位号').fill('N-100');
    await page.getByRole('button', { name: '画上去' }).click();
    for (const said of [/车位号已经有了：N-100–N-102/, /压着已有的车位或停车场.*N-100–N-102/]) await says(page, '#plan', said);
    assert.equal(await given(), before + 12);
    await picture(page, 'draw-refused');
    await page.goBack();
    await page.getByRole('button', { name: '撤销这一排' }).click();
    await says(page, '.result', /已撤销：N-098–N-109/);
    assert.equal(await given(), before);
  });
});

test('a row across a building or out of the compound wants a second look', async () => {
  const before = await given();
  await withPage({ ...phone, javaScriptEnabled: false, ...(await asStaff()), expect: /422/ }, `${drawPath}?compound=${compound}&lang=zh`, async (page) => {
    await page.getByLabel('画几个').fill('2');
    await page.getByLabel('第一个车位号').fill('Z-01');
    await page.getByLabel('车位前沿线').fill(across);
    await page.getByRole('button', { name: '画上去' }).click();
    await says(page, '#plan', /压着楼栋（枫丰小镇3号楼）：Z-01–Z-02/);
    await page.getByLabel('车位前沿线').fill(beyond);
    await page.getByRole('button', { name: '画上去' }).click();
    await says(page, '#plan', /画到小区外面：Z-01–Z-02/);
    assert.equal(await given(), before);
    await page.getByLabel('我看过了').check();
    await page.getByRole('button', { name: '画上去' }).click();
    await says(page, '.result', /已画上 2 个车位/);
    await page.getByRole('button', { name: '撤销这一排' }).click();
    await says(page, '.result', /已撤销/);
    assert.equal(await given(), before);
  });
});

/** Presses the map where a place is, when the map has been brought. */
async function press(page, [lon, lat], tap) {
  const at = await page.evaluate(
    ([lon, lat]) => {
      const box = document.getElementById('map-box');
      box.scrollIntoView({ block: 'center' });
      const { left, top } = box.getBoundingClientRect();
      const { x, y } = window.gridatlas.map.project([lon, lat]);
      return [left + x, top + y];
    },
    [lon, lat],
  );
  const before = await page.getByLabel('车位前沿线').inputValue();
  await (tap ? page.touchscreen.tap(...at) : page.mouse.click(...at));
  await page.waitForFunction((before) => document.getElementById('line').value !== before, before);
}

const mapHere = (page) => page.waitForFunction(() => Boolean(window.gridatlas?.map.getSource('stalls')));
const drawn = (page, part) => page.waitForFunction(async (part) => (await window.gridatlas.map.getSource('stalls').getData()).features.filter((f) => f.properties.part === part).length, part);

test('a row of parking spaces is drawn by the mouse, moved, turned over, and undone', async () => {
  const before = await given();
  await withPage({ ...desktop, ...(await asStaff()) }, `${drawPath}?compound=${compound}&lang=zh`, async (page) => {
    await mapHere(page);
    await page.getByLabel('画几个').fill('12');
    await page.getByLabel('第一个车位号').fill('M-098');
    await press(page, [119.0814, 36.6888]);
    await says(page, '#plan', /前沿线要有 2 到 50 个点/);
    await press(page, [119.0819, 36.6888]);
    await says(page, '#plan', /12 个：M-098–M-109/);
    await drawn(page, 'good');
    await press(page, [119.0822, 36.6888]); // and back again
    await page.getByRole('button', { name: '去掉末点' }).click();
    const line = page.getByLabel('车位前沿线');
    assert.equal((await line.inputValue()).split(',').length, 2);
    const [first] = (await line.inputValue()).split(',');
    await page.getByRole('button', { name: '向里半米' }).click();
    const moved = (await line.inputValue()).split(',')[0].split(' ');
    assert.ok(Math.abs((moved[1] - first.split(' ')[1]) * 111_000 - 0.5) < 0.1, `${first} to ${moved}`);
    await page.getByRole('button', { name: '换到另一侧' }).click();
    assert.ok(await page.getByLabel('右侧').isChecked());
    assert.deepEqual(await serious(page), []);
    await picture(page, 'draw-mouse');
    // Across a building, it wants a look; what forbids is named while it is typed.
    await line.fill(across);
    await page.getByLabel('画几个').fill('2');
    await says(page, '#plan', /压着楼栋/);
    await drawn(page, 'doubt');
    await line.fill('119.0814 36.6888, 119.0819 36.6888');
    await page.getByLabel('画几个').fill('12');
    await says(page, '#plan', /12 个：M-098–M-109/);
    await page.getByRole('button', { name: '画上去' }).click();
    await says(page, '.result', /已画上 12 个车位/);
    assert.equal(await given(), before + 12);
    await page.getByRole('button', { name: '撤销这一排' }).click();
    await says(page, '.result', /已撤销/);
    assert.equal(await given(), before);
  });
});

test('a row of parking spaces is drawn by finger on a phone', async () => {
  await withPage({ ...phone, ...(await asStaff()) }, `${drawPath}?compound=${compound}&lang=zh`, async (page) => {
    await page.getByRole('button', { name: '在地图上画线' }).click();
    await mapHere(page);
    await page.getByLabel('画几个').fill('5');
    await press(page, [119.0814, 36.6888], true);
    await press(page, [119.0819, 36.6888], true);
    await says(page, '#plan', /5 个：/);
    // What the line comes to is seen with the map, and so is the button.
    await says(page, '#brief', /5 个：001–005 · 64 平方米 · 放得下 \d+ 个/);
    await page.evaluate(() => document.getElementById('map-place').scrollIntoView());
    const [map, brief, button] = await Promise.all(['#map-box', '#brief', '.the-press .filled'].map((part) => page.locator(part).boundingBox()));
    assert.ok(map.y >= 0 && map.height >= 300 && map.y + map.height < brief.y && brief.y + brief.height <= button.y && button.y + button.height <= 740, JSON.stringify({ map, brief, button }));
    assert.equal(await page.locator('svg.picture').count(), 0);
    assert.deepEqual(await serious(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page scrolls sideways');
    await picture(page, 'draw-phone');
  });
});

test('a row of parking spaces is drawn by the keyboard alone', async () => {
  await withPage({ ...desktop, ...(await asStaff()) }, `${drawPath}?compound=${compound}&lang=zh`, async (page) => {
    await mapHere(page);
    await page.getByLabel('画几个').fill('5');
    const points = (n) => page.waitForFunction((n) => document.getElementById('line').value.split(',').filter(Boolean).length === n, n);
    await page.locator('#map-box canvas').focus();
    await page.keyboard.press('Enter');
    await points(1);
    const from = await page.evaluate(() => window.gridatlas.map.getCenter().lng);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((from) => !window.gridatlas.map.isMoving() && window.gridatlas.map.getCenter().lng - from > 0.0003, from);
    await page.keyboard.press('Enter');
    await points(2);
    await page.keyboard.press('Backspace');
    await points(1);
    await page.keyboard.press('Enter');
    await points(2);
    await says(page, '#plan', /5 个：/);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('[data-do="draw"]').getAttribute('aria-pressed') === 'false');
    await page.keyboard.press('Enter');
    await points(2);
  });
});
