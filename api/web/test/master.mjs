// A master's card: very large buttons, no account, no script.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asSomebody, desktop, json, onStore, phone, serious, withPage } from './harness.mjs';

test('a master opens and closes by the card, without script, and residents read it on the plate', async () => {
  const { features } = await json('/collections/booths/items?limit=1');
  const { id, properties: { number } } = features[0];
  const card = new URL(onStore('master new', '--public-url', 'https://map.example', number).trim()).pathname;
  const status = async () => (await json(`/collections/booths/items/${id}`)).properties.status ?? null;
  await withPage({ ...phone, javaScriptEnabled: false }, card, async (page) => {
    await page.getByRole('button', { name: '出摊 我在' }).click();
    await page.getByText('改好了，现在是“出摊中”。').waitFor();
    assert.equal(await status(), 'open');
    for (const button of await page.locator('.deeds > button:visible').all()) assert.ok((await button.boundingBox()).height >= 84);
    await page.getByRole('button', { name: '收摊 今天' }).click();
    await page.getByText('改好了，现在是“已收摊”。').waitFor();
    assert.equal(await status(), 'closed');
    await page.getByRole('link', { name: '看居民看到的页面' }).click();
    await page.locator('.badge', { hasText: '已收摊' }).first().waitFor();
    await page.goBack();
    await page.getByRole('button', { name: '点错了，撤销' }).click();
    await page.getByText('改好了，现在是“出摊中”。').waitFor();
    await page.locator('summary', { hasText: '暂离' }).click();
    await page.getByRole('button', { name: '1 小时' }).click();
    await page.getByText('改好了，现在是“暂离”。').waitFor();
    assert.equal(await status(), 'away');
  });
  await withPage({ ...phone, colorScheme: 'dark' }, `${card}?big=1`, async (page) => {
    for (const summary of await page.locator('summary').all()) await summary.click();
    assert.deepEqual(await serious(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  });
  onStore('master revoke', number);
  await withPage({ ...phone, expect: /404/ }, card, async (page) => {
    await page.getByText('这张卡不能用了').waitFor();
    assert.equal(await page.locator('main button').count(), 0);
  });
});

test('cards are made on a page, print alone, and their secret is on no page after', async () => {
  const { features } = await json('/collections/booths/items?limit=2');
  const { id, properties: { number } } = features[1];
  const clerk = await asSomebody('clerk', 'grid_worker');
  await withPage({ ...phone, javaScriptEnabled: false, storageState: clerk.storageState, expect: /404|422/ }, '/cards', async (page) => {
    const row = page.locator('.ticked > li', { has: page.locator(`input[value="${id}"]`) });
    await row.locator('input').check();
    await page.selectOption('#size', 'a6');
    await page.getByRole('button', { name: '做卡' }).click();
    await page.getByText('做好 1 张卡').waitFor();
    assert.equal(await page.locator('.sheet.a6 .label svg').count(), 1);
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/cards');
    assert.ok(!(await page.content()).includes('/m/'), 'the link stands on the page');
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await page.locator('header, .chosen, footer').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.tagName)), []);
    await page.emulateMedia({ media: 'screen' });
    await page.reload(); // sends the form again
    await page.getByText('刚才已经做过了').waitFor();
    assert.equal(await page.locator('.sheet').count(), 0);
    await row.getByRole('button', { name: `作废 ${number.replace(/(\d{4})(?=\d)/g, '$1 ')} 的卡` }).click();
    await page.getByText('的卡已经作废').waitFor();
    await row.getByText('还没有卡').waitFor();
  });
  for (const options of [{ ...phone, colorScheme: 'dark' }, { ...desktop, locale: 'en' }]) {
    await withPage({ ...options, storageState: clerk.storageState }, options.locale ? '/cards' : '/cards?big=1', async (page) => {
      assert.deepEqual(await serious(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await page.locator('.ticked input').first().check();
      await page.locator('form.cards .filled').click();
      await page.locator('.sheet').waitFor();
      assert.deepEqual(await serious(page), []);
    });
  }
});

test('a press without a network is kept, says so, and is carried out once when there is one', async () => {
  const { features } = await json('/collections/booths/items?limit=3');
  const { id, properties: { number } } = features[2];
  const card = new URL(onStore('master new', '--public-url', 'https://map.example', number).trim()).pathname;
  const stands = async () => (await json(`/collections/booths/items/${id}`)).properties.status ?? null;
  const before = await stands();
  await withPage({ ...phone, expect: /net::ERR_/ }, card, async (page, context) => {
    const unsent = page.locator('#unsent');
    await context.setOffline(true);
    await page.getByRole('button', { name: '今日休息' }).click();
    await unsent.getByText('“今日休息”还没有发出去').waitFor();
    assert.deepEqual(await serious(page), []);
    assert.equal(await stands(), before);
    await page.getByRole('button', { name: '出摊 我在' }).click(); // the later one counts
    await unsent.getByText('“出摊”还没有发出去').waitFor();
    await unsent.getByRole('button', { name: '不发了' }).click();
    await unsent.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: '出摊 我在' }).click();
    await unsent.getByText('“出摊”还没有发出去').waitFor();
    await context.setOffline(false);
    await page.getByText('改好了，现在是“出摊中”。').waitFor();
    assert.equal(await stands(), 'open');
    // An answer that is lost: it is carried out, and sent again nothing more happens.
    let lost = 0;
    await page.route(`**${card}`, async (route) => {
      await route.fetch();
      lost++;
      await route.abort('failed');
    });
    await page.getByRole('button', { name: '收摊 今天' }).click();
    await unsent.getByText('“收摊”还没有发出去').waitFor();
    assert.equal(lost, 1);
    const { version } = await json(`/collections/booths/items/${id}`).then(({ properties }) => properties);
    await page.unroute(`**${card}`);
    await unsent.getByRole('button', { name: '再发一次' }).click();
    await page.getByText('改好了，现在是“已收摊”。').waitFor();
    assert.equal((await json(`/collections/booths/items/${id}`)).properties.version, version);
    await page.getByRole('button', { name: '点错了，撤销' }).click();
    await page.getByText('改好了，现在是“出摊中”。').waitFor();
  });
});
