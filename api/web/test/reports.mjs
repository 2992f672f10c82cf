// A resident reports what is wrong, without script and without an account; somebody who
// has signed in works it through; the resident reads the answer by the receipt number.
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, base, desktop, inFolder, json, phone, serious, withPage } from './harness.mjs';

const plain = { ...phone, javaScriptEnabled: false };

/** A picture of 2 x 2 pixels. */
const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==', 'base64');

async function booth() {
  const { features } = await json('/collections/booths/items?limit=1');
  return { of: `booths/${features[0].id}`, name: features[0].properties.name };
}

/** Fills in the form and returns the receipt number. */
async function report(page, of, note) {
  await page.goto(`${base}/report?of=${of}`);
  await page.check('input[value="closed"]');
  await page.fill('#note', note);
  await page.setInputFiles('#photo', { name: 'photo.png', mimeType: 'image/png', buffer: dot });
  await page.locator('.form .filled').click();
  await page.waitForURL(/\/r\/\d{15}$/);
  return page.url().slice(-15);
}

test('a report is made without script, worked through, answered, and read by its number', async () => {
  const { of, name } = await booth();
  const note = '<b>没有人</b>，等了半小时';
  let number = '';
  await withPage(plain, `/report?of=${of}`, async (page) => {
    assert.match(await page.locator('main').innerText(), new RegExp(name));
    number = await report(page, of, note);
    assert.match(await page.locator('.receipt').innerText(), /^\d{5}\s\d{5}\s\d{5}$/);
    assert.equal(await page.locator('.badge').innerText(), '已受理');
  });
  await withPage({ ...desktop, ...(await asStaff()) }, '/?desk=reports', async (page) => {
    await page.locator('#desk .work button', { hasText: name }).first().waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#desk .count a').click()]);
    assert.match(readFileSync(await download.path(), 'utf8'), new RegExp(number.replace(/(\d{5})(?=\d)/g, '$1 ')), 'the table has not the report');
    await page.goto(`${base}/?desk=reports&desk.item=${number}`);
    await page.locator('#desk .note').waitFor();
    assert.equal(await page.locator('#desk .note').innerText(), note, 'markup that was typed');
    await page.waitForFunction(() => document.querySelector('#desk .picture img')?.naturalWidth === 2);
    assert.deepEqual(await serious(page), []);
    await page.getByRole('button', { name: '接办' }).click();
    await page.locator('#desk .chip-kind[data-state="working"]').waitFor();
    await page.fill('#report-text', '已到现场');
    await page.getByRole('button', { name: '办结', exact: true }).click();
    await page.locator('#desk .chip-kind[data-state="settled"]').waitFor();
    await page.getByRole('button', { name: '答复', exact: true }).click();
    await page.locator('#desk .act .fault', { hasText: '请先写答复' }).waitFor();
    await page.locator('#desk .act .chip').first().click();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('button', { name: '答复', exact: true }).click();
    await page.locator('#desk .chip-kind[data-state="answered"]').waitFor();
    assert.equal(await page.locator('#desk .picture').count(), 0, 'the photo outlives the answer');
    await page.keyboard.press('Escape');
    await page.locator('#desk .filters').waitFor();
    assert.equal(await page.locator('#desk .work button', { hasText: name }).count(), 0, 'it is answered and still listed');
  });
  await withPage(plain, '/r', async (page) => {
    await page.fill('#number', number.replace(/(\d{4})/g, '$1 '));
    await page.locator('.form .filled').click();
    await page.waitForURL((url) => url.pathname === `/r/${number}`);
    assert.equal(await page.locator('.badge').innerText(), '已答复');
    assert.match(await page.locator('.said').innerText(), /感谢您的反映/);
    assert.doesNotMatch(await page.content(), /zhao|已到现场|等了半小时/, 'the public is shown who worked on it, or what was written');
  });
});

test('what is wrong with a form is said beside what was typed', async () => {
  const { of } = await booth();
  const fake = inFolder('fake.jpg');
  writeFileSync(fake, '<script>alert(1)</script>');
  const huge = inFolder('huge.jpg');
  writeFileSync(huge, Buffer.concat([dot, Buffer.alloc(12 << 20)]));
  await withPage({ ...plain, expect: /status of 4\d\d/ }, `/report?of=${of}`, async (page) => {
    await page.check('input[value="other"]');
    for (const [file, said] of [[fake, /不是 JPG 或 PNG/], [huge, /照片太大/]]) {
      await page.fill('#note', '棚顶漏雨');
      await page.setInputFiles('#photo', file);
      await page.locator('.form .filled').click();
      await page.locator('[role="alert"]').waitFor();
      await page.locator('.wrong', { hasText: said }).waitFor();
      assert.equal(await page.inputValue('#note'), '棚顶漏雨');
      assert.ok(await page.isChecked('input[value="other"]'));
    }
  });
});

test('the pages of reports are in order for everybody', async () => {
  const { of } = await booth();
  for (const options of [{ ...phone }, { ...desktop, colorScheme: 'dark' }]) {
    await withPage({ ...options, expect: /status of 404/ }, `/report?of=${of}`, async (page) => {
      for (const path of [`/report?of=${of}&big=1`, '/report', '/report?of=booths/999999&lang=en', '/r?number=12&big=0']) {
        assert.deepEqual(await serious(page), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${page.url()} is wider than the screen`);
        await page.goto(base + path);
      }
      assert.deepEqual(await serious(page), []);
    });
  }
});
