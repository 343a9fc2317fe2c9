// Markup in templates. What is put in is text: nothing becomes markup that isn't written here.

import htm from './htm.mjs';
import { h } from './preact.mjs';

export { render, Component } from './preact.mjs';
export const html = htm.bind(h);
