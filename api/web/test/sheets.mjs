// Staff choose labels and see the sheets that are printed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, desktop, phone, serious, withPage } from './harness.mjs';

const picture = (page, name) => (process.env.PICTURES ? page.screenshot({ path: `${process.env.PICTURES}/${name}.png` }) : undefined);

/** Labels whose words stand out of them, and whether the page itself scrolls sideways. */
const outgrown = (page) =>
  page.evaluate(() => ({
    labels: [...document.querySelectorAll('.label')].filter((l) => l.scrollHeight > l.clientHeight || l.scrollWidth > l.clientWidth).map((l) => l.innerText),
    sideways: document.documentElement.scrollWidth > innerWidth,
  }));
const whole = { labels: [], sideways: false };

test('labels are chosen and shown as they are printed, in any size of sheet', async () => {
  await withPage({ ...desktop, javaScriptEnabled: false, ...(await asStaff()) }, '/labels?lang=zh', async (page) => {
    await picture(page, 'labels-choice');
    await page.getByRole('button', { name: '生成标签' }).click();
    await page.locator('.sheet.a4').first().waitFor();
    assert.deepEqual(await outgrown(page), whole);
    await picture(page, 'labels-sheet');
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.getByRole('button', { name: '生成标签' }).isHidden(), 'the form is printed');
    await picture(page, 'labels-print');
  });
  for (const size of ['plate120', 'plate200']) {
    await withPage({ ...desktop, ...(await asStaff()) }, `/labels?of=booths&size=${size}&lang=zh`, async (page) => {
      await page.locator(`.sheet.${size}`).first().waitFor();
      assert.deepEqual(await outgrown(page), whole);
      await page.locator('.sheets').scrollIntoViewIfNeeded();
      await picture(page, size);
    });
  }
});

test('labels on a phone, by night, in large English', async () => {
  for (const [name, query, options] of [['day', 'lang=zh', {}], ['night', 'lang=en&big=1', { colorScheme: 'dark' }]]) {
    await withPage({ ...phone, ...options, ...(await asStaff()) }, `/labels?of=facilities.station&number=1&${query}`, async (page) => {
      await page.locator('.fault').waitFor();
      assert.deepEqual(await serious(page), []);
      assert.deepEqual(await outgrown(page), whole);
      await picture(page, `labels-phone-${name}`);
    });
    await withPage({ ...phone, ...options, ...(await asStaff()) }, `/labels?of=facilities.station&${query}`, async (page) => {
      await page.locator('.sheet').first().waitFor();
      assert.deepEqual(await serious(page), []);
      assert.deepEqual(await outgrown(page), whole);
      await picture(page, `labels-phone-sheet-${name}`);
    });
  }
});
