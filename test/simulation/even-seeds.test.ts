import { holds } from './holds.js';

holds('even');
