import { holds } from './holds.js';

holds('odd');
