// Ends well where a browser starts and shows a page.

import { closeBrowser, open } from './browser.js';

const { page } = await open('data:text/html,<title>there</title>');
if ((await page.title()) !== 'there') throw new Error('a page without its title');
await closeBrowser();
