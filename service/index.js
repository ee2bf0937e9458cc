'use strict';
// The interface of a service of one's own is types alone: see index.d.ts.
