// The office reads its registers: figures, tables, order, a file; whole without script.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, desktop, json, phone, serious, withPage } from './harness.mjs';

// Other tests add booths: how many there are is for the register to say.
const inUse = async () => (await json('/registers/booths', await asStaff())).in_use;

const picture = (page, name) => (process.env.PICTURES ? page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true }) : undefined);

test('the registers of booths, by community and one by one', async () => {
  await withPage({ ...desktop, javaScriptEnabled: false, ...(await asStaff()) }, '/registers?lang=zh', async (page) => {
    const facts = await page.locator('.sums').innerText();
    const booths = await inUse();
    assert.ok(booths >= 128);
    for (const part of [new RegExp(`${booths} 个，控制总量 128 个`), /已到总量/, /超期未检查/, /不足 300 米\s+\d+ 对/, /覆盖户数/]) assert.match(facts, part);
    assert.match(await page.locator('caption').innerText(), /共 185 行/);
    assert.equal(await page.locator('tbody tr').count(), 20);
    await picture(page, 'communities');
    await page.getByRole('link', { name: '显示全部 185 行' }).click();
    assert.equal(await page.locator('tbody tr').count(), 185);
    await page.getByRole('link', { name: '在用' }).click();
    const numbers = await page.locator('tbody td:nth-child(2)').allInnerTexts();
    const sorted = numbers.map((n) => Number(n) || 0);
    assert.deepEqual(sorted, [...sorted].sort((a, b) => b - a));
    assert.equal(sorted.reduce((sum, n) => sum + n), booths);
    await page.locator('tbody td:nth-child(2) a').first().click();
    assert.equal(await page.locator('tbody tr').count(), sorted[0]);
    assert.match(await page.locator('tbody th a').first().getAttribute('href'), /^\/\?show=booths\/\d+$/);
    await picture(page, 'booths');
  });
});

test('the registers of parking and of booths that stand close, on a phone', async () => {
  await withPage({ ...phone, ...(await asStaff()) }, '/registers?view=parking&community=370702002004&lang=zh', async (page) => {
    const facts = await page.locator('.sums').innerText();
    for (const part of [/563 个，10 个小区/, /逐个编号\s+320/, /230,400 元/, /56\.8%/]) assert.match(facts, part);
    assert.deepEqual(await serious(page), []);
    await picture(page, 'parking');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page scrolls sideways');
    await page.getByRole('link', { name: '间距不足' }).click();
    await page.getByRole('link', { name: '看全部社区' }).click();
    await page.locator('tbody tr').nth(2).waitFor();
    assert.ok((await page.locator('tbody tr').count()) >= 3);
    assert.deepEqual(await serious(page), []);
  });
});

test('the registers in large English by night', async () => {
  await withPage({ ...desktop, colorScheme: 'dark', ...(await asStaff()) }, '/registers?view=booths&big=1&lang=en&sort=metres', async (page) => {
    assert.match(await page.locator('.sums').innerText(), new RegExp(`${await inUse()} of 128 allowed`));
    assert.deepEqual(await serious(page), []);
    await picture(page, 'night');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Table (CSV)' }).click()]);
    assert.match(download.suggestedFilename(), /^小蓝棚台账-.*\.csv$/);
  });
});

test('the rows of a register stand on a map under their numbers', async () => {
  await withPage({ ...desktop, ...(await asStaff()) }, '/registers?view=booths&lang=zh', async (page) => {
    await page.getByRole('button', { name: '显示地图' }).click();
    await page.waitForFunction(() => window.gridatlas?.map);
    assert.equal(await page.locator('#map-box .pin').count(), await page.locator('tbody tr').count());
    await page.locator('#map-box .pin', { hasText: /^3$/ }).dispatchEvent('click');
    await page.waitForFunction(() => document.activeElement === document.querySelector('#row-3 a'));
    assert.deepEqual(await serious(page), []);
    await picture(page, 'map');
  });
});
