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
const across = '119.0816 36.6893，119.0822 36.6893';
const beyond = '119.0823 36.6888; 119.0829 36.6888';

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
