/** The compose page tells its recipient fields what the reasons of the server are called in its language. */

import { strings } from './recipient-field.js';

const { reasons } = document.querySelector('form[data-reasons]').dataset;
Object.assign(strings, JSON.parse(reasons));
