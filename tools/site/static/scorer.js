/* The order of what a search finds: a lesson before a page for teachers and maintainers. */
"use strict";
var Scorer = {
  score: ([page, , , , score]) => score + (page.startsWith("lessons/") ? 40 : /^(docs|sets|teachers)\b/.test(page) && !/^docs\/(glossary|python)$/.test(page) ? -20 : 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
