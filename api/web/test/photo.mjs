// The photo of a place: staff set it, everybody sees it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { asStaff, browser, desktop, eventually, json, phone, serious, somewhere, withPage } from './harness.mjs';

const picture = (page, name) => (process.env.PICTURES ? page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true }) : undefined);

/** A booth as somebody draws it, for no photo of the demo city is true. */
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 900" width="1200" height="900">
  <rect width="1200" height="900" fill="#cfe3f2"/><rect y="640" width="1200" height="260" fill="#b9b2a6"/>
  <rect x="280" y="330" width="640" height="360" fill="#1f66b0"/><path d="M240 340 L960 340 L900 230 L300 230 Z" fill="#0b4a8c"/>
  <rect x="330" y="380" width="540" height="150" fill="#f6efe0"/><rect x="310" y="530" width="580" height="40" fill="#8a5a2b"/>
  <text x="600" y="305" font-size="64" fill="#fff" text-anchor="middle" font-family="sans-serif">修鞋 · 配钥匙 · 演示</text>
  <circle cx="430" cy="470" r="46" fill="#333"/><circle cx="430" cy="470" r="26" fill="#f6efe0"/><path d="M600 500 h120 v-30 h-60 l-30 -40 h-30 z" fill="#5a3a1a"/>
</svg>`;

async function photo() {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  try {
    await page.setContent(`<body style="margin:0">${drawing}`);
    return { name: 'front.png', mimeType: 'image/png', buffer: await page.screenshot() };
  } finally {
    await page.close();
  }
}

/** Waits until the photo of a page has come, and returns how it stands there. */
const shown = (page, where) =>
  eventually(async () => {
    const image = page.locator(where);
    await image.scrollIntoViewIfNeeded();
    const is = await image.evaluate((e) => ({ natural: [e.naturalWidth, e.naturalHeight], box: [e.clientWidth, e.clientHeight], alt: e.alt, lazy: e.loading, decoding: e.decoding }));
    assert.ok(is.natural[0] > 0, 'the photo has not come');
    return is;
  });

const says = (page, what) => page.locator('main').filter({ hasText: what }).waitFor();

test('a photo of a booth is set without script, seen by everybody, taken down and put back', async () => {
  const { booth } = await somewhere();
  const staff = await asStaff();
  await withPage({ ...phone, javaScriptEnabled: false }, `/b/${booth.number}`, async (page) => {
    assert.equal(await page.locator('main img').count(), 0, 'a box without a photo');
    assert.equal(await page.getByRole('link', { name: '照片' }).count(), 0);
    await picture(page, 'photo-none');
  });
  await withPage({ ...phone, javaScriptEnabled: false, ...staff, expect: /422|415/ }, `/b/${booth.number}`, async (page) => {
    await page.getByRole('link', { name: '照片', exact: true }).click();
    await says(page, '还没有照片');
    await says(page, '不要拍到人脸和车牌');
    await page.getByRole('button', { name: '保存照片' }).click();
    await says(page, '还没有选照片');
    await page.getByLabel('选一张照片').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('<svg/>') });
    await page.getByRole('button', { name: '保存照片' }).click();
    await says(page, '不是 JPG 或 PNG');
    await picture(page, 'photo-refused');
    await page.getByLabel('选一张照片').setInputFiles(await photo());
    await page.getByRole('button', { name: '保存照片' }).click();
    await says(page, '照片放上去了');
    await shown(page, 'main img');
    await picture(page, 'photo-set');
  });
  const { properties } = await json(`/collections/booths/items/${booth.id}`);
  const path = `/photos/booths/${booth.id}/${properties.photo}.jpg`;
  for (const [name, how] of Object.entries({ phone, desktop, dark: { ...phone, colorScheme: 'dark' } })) {
    await withPage(how, `/b/${booth.number}`, async (page) => {
      const is = await shown(page, 'main img');
      assert.deepEqual({ ...is, box: Math.abs(is.box[0] / is.box[1] - 1.5) < 0.01 }, { natural: [960, 640], box: true, alt: booth.name, lazy: 'lazy', decoding: 'async' });
      assert.deepEqual(await serious(page), []);
      await picture(page, `photo-${name}`);
    });
  }
  // Before the photo has come, its place is kept: nothing moves when it does.
  await withPage({ ...phone, prepare: (page) => page.route(`**${path}`, () => undefined) }, `/b/${booth.number}?big=1`, async (page) => {
    const { width, height } = await page.locator('main img').boundingBox();
    assert.ok(Math.abs(width / height - 1.5) < 0.01, `a box of ${width} x ${height}`);
    await picture(page, 'photo-waiting-big');
  });
  await withPage(desktop, `/?show=booths/${booth.id}`, async (page) => {
    const is = await shown(page, '#card img.photo');
    assert.equal(is.alt, booth.name);
    assert.deepEqual(await serious(page), []);
    await picture(page, 'photo-card');
  });
  await withPage({ ...desktop, ...staff }, `/photos/booths/${booth.id}`, async (page) => {
    assert.deepEqual(await serious(page), []);
    await picture(page, 'photo-page');
    await page.getByRole('button', { name: '撤下现在的照片' }).click();
    await says(page, '照片撤下来了');
    assert.equal((await json(`/collections/booths/items/${booth.id}`)).properties.photo, null);
    await picture(page, 'photo-removed');
    await page.getByRole('button', { name: '撤销' }).click();
    await says(page, '照片放上去了');
    await page.getByRole('button', { name: '撤下现在的照片' }).click();
    await says(page, '照片撤下来了');
  });
  await withPage({ ...phone, expect: /404/ }, `/b/${booth.number}`, async (page) => {
    assert.equal(await page.locator('main img').count(), 0, 'what was taken down is still shown');
    assert.equal((await page.request.get(new URL(path, page.url()).href)).status(), 404);
  });
});
