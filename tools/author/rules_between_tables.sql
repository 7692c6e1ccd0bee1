-- Rules that hold the course's tables to one another; rules_between_tables.py runs them.
--
-- A rule is a comment, "-- table.column: sentence", and a query for the rows that break it. Names in braces are
-- columns of the query, "line" is the line in the file (NULL: the table as a whole), an empty cell is NULL.
-- Beside the tables there are three views of all of them: cited (tab, line, key), a row for each source of each
-- row, texts (tab, line, col, words), a row for each cell of text, and known (tab, line, row, event, published,
-- seen_in, known_by, words), a row for each row that says since when it is known. Functions are km(lat, lon, lat, lon), the
-- length of a great circle; parts(list, separator), a JSON array; greatest(pattern, text), the greatest text
-- that matches; and kazakh(cyrillic, latin), the due Latin spelling of a word that is spelled otherwise.

-- ------------------------------------------------------------------------------------------------ single rows

-- trip.utc_offset_h: {place} was not {utc_offset_h} hours ahead of UTC.
SELECT t.* FROM trip t LEFT JOIN cities ON place LIKE city || '%' WHERE utc_offset_h IS NOT ahead;
-- trip.to_place: a flight, and only a flight, has an end and a length.
SELECT * FROM trip WHERE (to_place IS NULL) + (to_lat IS NULL) + (to_lon IS NULL) + (distance_km IS NULL)
  <> iif(type = 'leg', 0, 4);
-- resolutions.voters: the four counts do not add up to the number of voters.
SELECT * FROM resolutions WHERE yes + no + abstain + did_not_vote <> voters;
-- entities.lat: a {type} has no point on the map.
SELECT * FROM entities WHERE type IN ('person', 'ethnic group', 'actor group') AND lat NOT NULL;
-- entities.lat: a {type} has a point on the map.
SELECT * FROM entities WHERE type IN ('place', 'event', 'state') AND lat IS NULL;
-- entities.lat: latitude and longitude stand together or not at all.
SELECT * FROM entities WHERE (lat IS NULL) <> (lon IS NULL);
-- timeline.lat: an event has a latitude and a longitude, unless it took place online.
SELECT * FROM timeline WHERE (lat IS NULL) <> (lon IS NULL) OR (lat IS NULL) <> (place IS 'online');
-- entities.in_article: an actor is in the article if, and only if, blocks name it.
SELECT * FROM entities WHERE (in_article = 'true') <> (blocks NOT NULL);
-- blocks.kind: the block {block} is no {kind}.
SELECT * FROM blocks WHERE kind IS NOT CASE substr(block, 1, 1)
  WHEN 'T' THEN 'title' WHEN 'P' THEN 'paragraph' WHEN 'H' THEN 'heading' WHEN 'C' THEN 'caption'
  WHEN 'X' THEN 'credit' END;
-- blocks.quoted_words: more words are quoted than the block has.
SELECT * FROM blocks WHERE quoted_words > words;
-- blocks.quoted_speaker: quotations, their words and their speaker do not agree.
SELECT * FROM blocks WHERE (quoted_speaker NOT NULL) + (quotations > 0) + (quoted_words > 0) IN (1, 2);
-- claims.verdict_precision: verdict_day and verdict_precision stand together or not at all.
SELECT * FROM claims WHERE (verdict_day IS NULL) <> (verdict_precision IS NULL);
-- claims.later_day: known_later and later_day stand together or not at all.
SELECT * FROM claims WHERE (known_later IS NULL) <> (later_day IS NULL);
-- claims.verdict_day: {verdict_day}, but what is known later is of {later_day}.
SELECT * FROM claims WHERE verdict_day > later_day;
-- claims.verdict: an opinion is neither borne out nor not.
SELECT * FROM claims WHERE type = 'opinion' AND verdict IS NOT 'opinion';
-- claims.ground: a contested claim has its ground, and no other verdict has one.
SELECT * FROM claims WHERE (verdict = 'contested') <> (ground NOT NULL);
-- claims.ground: sources disagree, but the row has one source.
SELECT * FROM claims WHERE ground = 'sources disagree' AND source NOT LIKE '%;%';
-- claims.ground: that no record decides is said of forecasts alone; what else no record decides is an opinion.
SELECT * FROM claims WHERE ground = 'no record decides' AND type <> 'forecast';
-- claims.verdict: borne out, but its note says that something was not seen or not verified.
SELECT * FROM claims WHERE verdict = 'borne out' AND greatest('\bnot (?:\w+ )?(?:verified|confirmed|seen|found|checked)\b',
  ifnull(known_then, '') || ' ' || ifnull(known_later, '')) NOT NULL;
-- org_membership.note: it counts from the signature: since when is the treaty in force?
SELECT * FROM org_membership WHERE (status = 'treaty party' OR basis LIKE '%charter signed%')
  AND ifnull(note, '') NOT LIKE '%in force since%';
-- ties.block: a tie of the article, and no other, names its block.
SELECT * FROM ties WHERE (in_article = 'true') <> (block NOT NULL) AND target IS NOT 'CSTO';
-- ties.target: nobody is tied to himself.
SELECT * FROM ties WHERE actor = target;
-- numbers.value: {unit} cannot be negative.
SELECT * FROM numbers WHERE value LIKE '-%' AND unit <> 'percent year on year';
-- {tab}.note: the figure is derived, but the row does not say how.
SELECT 'trade_cn_ru_monthly' tab, line FROM trade_cn_ru_monthly WHERE basis = 'derived' AND note IS NULL
UNION ALL SELECT 'trade_with_china', line FROM trade_with_china WHERE basis = 'derived' AND note IS NULL;
-- trade_cn_ru_monthly.month: {month} is not the first day of a month.
SELECT * FROM trade_cn_ru_monthly WHERE month NOT LIKE '%-01';
-- energy_flows.edition: {year} is first in another edition.
SELECT * FROM energy_flows WHERE edition IS NOT CASE year
  WHEN 2020 THEN '70th' WHEN 2021 THEN '71st' WHEN 2022 THEN '72nd' WHEN 2023 THEN '73rd' WHEN 2024 THEN '74th' END;
-- indicators.year: {year} is none of the seven years of the table.
SELECT * FROM indicators WHERE year NOT IN (2001, 2005, 2010, 2015, 2019, 2021, 2022);
-- partners.counter: the series takes {year} from another.
SELECT * FROM partners WHERE counter IS NOT iif(year < 2020, 'WITS', 'Bureau of National Statistics');
-- partners.partner: trade with Russia was counted for half of 2010 only.
SELECT * FROM partners WHERE year = 2010 AND partner = 'RUS';
-- partners.exports_usd_mn: neither exports nor imports: leave the row out.
SELECT * FROM partners WHERE exports_usd_mn IS NULL AND imports_usd_mn IS NULL;
-- partners.known_by: the bureau’s last edition of {year} is of July of the next year, the copy of WITS of November 2022.
SELECT * FROM partners WHERE known_by IS NOT iif(counter = 'WITS', '2022-11-21', (year + 1) || '-07-31');
-- partner_shares.partner: no state is its own partner.
SELECT * FROM partner_shares WHERE partner = iso3;
-- partner_shares.edition: no edition of {edition} first has {year}.
SELECT * FROM partner_shares WHERE edition - year NOT BETWEEN 0 AND 6;
-- partner_shares.known_by: it is the last day of the edition’s year.
SELECT * FROM partner_shares WHERE known_by IS NOT edition || '-12-31';
-- gravity.destination: a state does not trade with itself.
SELECT * FROM gravity WHERE origin = destination;
-- gravity.origin: none of the two is one of the five.
SELECT * FROM gravity WHERE origin NOT IN five AND destination NOT IN five;
-- gravity.origin: Uzbekistan reports no exports: they are missing, not zero.
SELECT * FROM gravity WHERE origin = 'UZB';
-- who_counted.value: a row has a figure, or the method “no number given”.
SELECT * FROM who_counted WHERE (method = 'no number given') <> (coalesce(low, value, high) IS NULL);
-- who_counted.value: low, value and high are not in order.
SELECT * FROM who_counted WHERE low > value OR value > high OR low > high;
-- who_counted.note: the figure is computed, but the row does not say how.
SELECT * FROM who_counted WHERE method = 'computed' AND note IS NULL;
-- viewpoints.role: {viewer} is a viewer if, and only if, it is one of the eleven.
SELECT * FROM viewpoints WHERE (role = 'viewer') <> (viewer IN viewers);
-- viewpoints.drawn_as: what a viewer draws as its own is “own”.
SELECT * FROM viewpoints WHERE drawn_as = 'of ' || viewer;
-- viewpoints.drawn_as: nothing was found, so no position was.
SELECT * FROM viewpoints WHERE certainty = 'nothing found' AND drawn_as IS NOT 'no position found';
-- viewpoints.document: a row names a document, or nothing was found.
SELECT * FROM viewpoints WHERE (document IS NULL) <> (certainty IS 'nothing found');
-- viewpoints.source: a row names a source, or nothing was found.
SELECT * FROM viewpoints WHERE (source IS NULL) <> (certainty IS 'nothing found');
-- viewpoints.drawn_as: an abstention is no position.
SELECT * FROM viewpoints WHERE names LIKE '%abstained%' AND drawn_as IS NOT 'no position found';
-- positions.own: what is the holder’s own is not among the sources.
SELECT p.* FROM positions p, json_each(parts(own, ';')) o WHERE o.value NOT IN (SELECT value FROM json_each(parts(source, ';')));
-- positions.missing: a row has two sources, one of them its own, or says what it lacks.
SELECT * FROM positions WHERE (source LIKE '%;%' AND own NOT NULL) = (missing NOT NULL);
-- publishers.basis: a row rests on something, or nothing was looked up.
SELECT * FROM publishers WHERE (basis IS NULL) <> (certainty IS 'not looked up');
-- publishers.which_state: controlled by a state: by which?
SELECT * FROM publishers WHERE controlled_by_state = 'yes' AND iso3 NOT NULL AND which_state IS NULL;

-- ------------------------------------------------------------------------------- memberships, votes, journeys

-- The SCO has as many members and partners on given days as its history says.
-- sco_membership.status: {day} has {there} with status {status}, not {should}.
WITH due(day, members, observers, dialogue, partners) AS (VALUES
  ('2001-06-15', 6, 0, 0, 0), ('2005-07-05', 6, 4, 0, 0), ('2017-06-08', 6, 6, 6, 0), ('2017-06-09', 8, 4, 6, 0),
  ('2022-09-13', 8, 4, 6, 0), ('2022-09-14', 8, 4, 8, 0), ('2022-09-16', 8, 4, 9, 0), ('2023-07-04', 9, 3, 13, 0),
  ('2023-07-15', 9, 3, 14, 0), ('2024-07-04', 10, 2, 14, 0), ('2025-09-01', 10, 0, 0, 17)),
each AS (SELECT day, 'member' status, members should FROM due UNION ALL SELECT day, 'observer', observers FROM due
  UNION ALL SELECT day, 'dialogue partner', dialogue FROM due UNION ALL SELECT day, 'SCO partner', partners FROM due)
SELECT NULL line, each.*, (SELECT count(*) FROM sco_membership s WHERE s.status = each.status
  AND s."from" <= each.day AND each.day < ifnull(s."to", '9999')) there FROM each WHERE there <> should;
-- sco_membership.to: the next spell of {iso3} begins on {next}.
SELECT * FROM (SELECT *, lead("from") OVER (PARTITION BY iso3 ORDER BY "from") next FROM sco_membership)
WHERE next NOT NULL AND next IS NOT "to";
-- Nobody has left the SCO.
-- sco_membership.to: the last spell of {iso3} has not ended.
SELECT line, iso3, "to", max("from") FROM sco_membership GROUP BY iso3 HAVING "to" NOT NULL;

-- sco_membership.decided: the timeline has nothing on {decided}.
SELECT * FROM sco_membership WHERE decided NOT NULL AND decided NOT IN (SELECT day FROM timeline);

-- Totals: UN press releases; Human Rights Council, 51st session.
CREATE TEMP VIEW official(vote, yes, no, abstain, day, body, number) AS VALUES
  ('es_11_1', 141, 5, 35, '2022-03-02', 'UN General Assembly', 'ES-11/1'),
  ('es_11_3', 93, 24, 58, '2022-04-07', 'UN General Assembly', 'ES-11/3'),
  ('es_11_4', 143, 5, 35, '2022-10-12', 'UN General Assembly', 'ES-11/4'),
  ('hrc_xinjiang', 17, 19, 11, '2022-10-06', 'UN Human Rights Council', 'A/HRC/51/L.6');
CREATE TEMP VIEW ballots(vote, said) AS
  SELECT 'es_11_1', es_11_1 FROM un_votes UNION ALL SELECT 'es_11_3', es_11_3 FROM un_votes
  UNION ALL SELECT 'es_11_4', es_11_4 FROM un_votes UNION ALL SELECT 'hrc_xinjiang', hrc_xinjiang FROM un_votes;
-- un_votes.{vote}: the votes add up to ({y}, {n}, {a}), officially ({yes}, {no}, {abstain}).
SELECT NULL line, o.*, sum(said = 'yes') y, sum(said = 'no') n, sum(said = 'abstain') a
FROM official o JOIN ballots USING (vote) GROUP BY vote HAVING (y, n, a) IS NOT (yes, no, abstain);
-- un_votes.{vote}: {there} did not vote, not {did_not_vote}.
SELECT NULL line, vote, did_not_vote, sum(said = 'did not vote') there
FROM resolutions JOIN ballots USING (vote) GROUP BY vote HAVING there IS NOT did_not_vote;
-- resolutions.yes: the official total is ({yes}, {no}, {abstain}).
SELECT r.line, o.* FROM official o LEFT JOIN resolutions r USING (vote)
WHERE (r.yes, r.no, r.abstain) IS NOT (o.yes, o.no, o.abstain);
-- resolutions.day: {number} of {day}, {body}, where {due} is due.
SELECT r.*, o.number || ' of ' || o.day || ', ' || o.body due FROM resolutions r LEFT JOIN official o USING (vote)
WHERE (r.day, r.body, r.number) IS NOT (o.day, o.body, o.number);
-- un_votes.iso3: the rows are not the 193 members of the United Nations.
SELECT NULL line WHERE 193 <> (SELECT count(*) FROM states WHERE kind = 'UN member')
  OR 193 <> (SELECT count(*) FROM un_votes)
  OR 193 <> (SELECT count(*) FROM states JOIN un_votes USING (iso3) WHERE kind = 'UN member');

-- Shares are those of whole numbers of votes, and the index lies within its bounds.
-- unga_agreement.identical_share: {identical_share} is no possible figure for {votes} votes.
SELECT *, votes * identical_share points FROM unga_agreement WHERE abs(points - round(points)) > 1e-4 * votes;
-- unga_agreement.agreement_index: {agreement_index} is no possible figure for {votes} votes.
SELECT *, 2 * votes * agreement_index points FROM unga_agreement WHERE abs(points - round(points)) > 1e-4 * votes;
-- unga_agreement.agreement_index: the index does not fit the share of identical votes.
SELECT * FROM unga_agreement
WHERE agreement_index NOT BETWEEN identical_share - 1e-4 AND (1 + identical_share) / 2 + 1e-4;
-- unga_agreement.reference: {reference} in {year} has {n} rows, unlike elsewhere.
WITH counts AS (SELECT reference, year, count(u.line) n FROM (SELECT DISTINCT reference FROM unga_agreement)
  JOIN (SELECT DISTINCT year FROM unga_agreement) LEFT JOIN unga_agreement u USING (reference, year) GROUP BY 1, 2)
SELECT NULL line, * FROM (SELECT *, max(n) OVER (PARTITION BY reference) most FROM counts) WHERE n <> most;

CREATE TEMP VIEW cities(city, lat, lon, ahead) AS
  VALUES ('Beijing', 40, 116.5, 8), ('Nur-Sultan', 51.1, 71.4, 6), ('Samarkand', 39.68, 67.0, 5);
-- trip.distance_km: the great circle is {far:.0f} km long.
SELECT line, km(lat, lon, to_lat, to_lon) far FROM trip WHERE abs(far - distance_km) > 1;
-- trip.place: the flight starts in {place}, but the last one ended in {there}.
SELECT * FROM (SELECT line, place, lat, lon, lag(to_place) OVER w there, lag(to_lat) OVER w x, lag(to_lon) OVER w y,
  row_number() OVER w nth FROM trip WHERE type = 'leg' WINDOW w AS (ORDER BY line))
WHERE nth > 1 AND (place, lat, lon) IS NOT (there, x, y);
-- trip.lat: the point does not lie in {place}.
SELECT t.* FROM trip t LEFT JOIN cities c ON place LIKE city || '%'
WHERE (km(t.lat, t.lon, c.lat, c.lon) <= 15) IS NOT 1;
-- trip.lat: no other row has this point, but every place of the trip has two.
WITH points AS (SELECT lat, lon FROM trip UNION ALL SELECT to_lat, to_lon FROM trip)
SELECT line FROM trip t WHERE (SELECT count(*) FROM points p WHERE (p.lat, p.lon) = (t.lat, t.lon)) < 2;

-- trip.time_local: {time_local} comes after {before} on the same day.
WITH hours AS (SELECT line, day, time_local, CASE time_local WHEN 'morning' THEN 0 WHEN 'afternoon' THEN 12 WHEN 'evening'
    THEN 17 WHEN 'around midnight' THEN 23 ELSE substr(time_local, 1, 2) + substr(time_local, 4, 2) / 60.0 END - utc_offset_h first,
  CASE time_local WHEN 'morning' THEN 11.9 WHEN 'afternoon' THEN 17.9 WHEN 'evening' THEN 24
    WHEN 'around midnight' THEN 25 ELSE substr(time_local, 1, 2) + substr(time_local, 4, 2) / 60.0 END - utc_offset_h last
  FROM trip WHERE time_local NOT NULL)
SELECT a.line, a.time_local, b.time_local before FROM hours a JOIN hours b USING (day)
WHERE b.line < a.line AND a.last < b.first GROUP BY a.line;

CREATE TEMP VIEW met AS SELECT t.line, type, counterpart, counterpart_iso3, (SELECT group_concat(e.iso3, ';')
  FROM json_each(parts(counterpart, '; ')) CROSS JOIN entities e ON e.name = value AND e.type = 'person') due FROM trip t;
-- trip.counterpart_iso3: {counterpart} speaks for {due}.
SELECT * FROM met WHERE due NOT NULL AND counterpart_iso3 IS NOT due;
-- trip.type: a bilateral meeting has one counterpart.
SELECT * FROM met WHERE type = 'bilateral' AND ifnull(due, ';') LIKE '%;%';

-- -------------------------------------------------------------------------------------- actors, places, names

-- entities.type: {id} is{no} the code of a state.
SELECT e.*, iif(s.iso3 IS NULL, ' not', '') no FROM entities e LEFT JOIN states s ON s.iso3 = e.id
WHERE (e.type IN ('state', 'contested territory')) <> (s.iso3 NOT NULL);
-- entities.iso3: the state is {id} itself.
SELECT e.* FROM entities e JOIN states s ON s.iso3 = e.id WHERE e.iso3 IS NOT e.id;
-- {tab}.name: {code} is {due}, not {name}.
SELECT n.*, s.name due FROM (SELECT 'places' tab, line, iso3 code, name FROM places
  UNION ALL SELECT 'entities', line, id, name FROM entities WHERE type = 'state') n
JOIN states s ON s.iso3 = code WHERE n.name <> s.name;

CREATE TEMP VIEW stops AS SELECT r.*, b.seq seq_before, b.route = r.route goes_on,
  (r.name IS NOT b.name) + (r.mode IS NOT b.mode) + (r.status_2022 IS NOT b.status_2022) + (r.source IS NOT b.source) other,
  km(r.lat, r.lon, b.lat, b.lon) far FROM routes r LEFT JOIN routes b ON b.route = r.route AND b.line = r.line - 1;
-- routes.seq: {seq} where {due} is due.
SELECT *, ifnull(seq_before + 1, 1) due FROM stops WHERE seq IS NOT due;
-- routes.name: the row differs from the one before on the same route, in name, mode, status or source.
SELECT * FROM stops WHERE goes_on AND other;
-- routes.lat: it is {far:.0f} km from the place before.
SELECT * FROM stops WHERE far NOT BETWEEN 20 AND 2200;

CREATE TEMP VIEW spots(nth, tab, line, name, lat, lon) AS SELECT 1, 'timeline', line, place, lat, lon FROM timeline
  UNION ALL SELECT 2, 'routes', line, node, lat, lon FROM routes
  UNION ALL SELECT 3, 'entities', line, name, lat, lon FROM entities;
-- {tab}.lat: {name} lies elsewhere in the table {there}.
SELECT a.*, b.tab there FROM spots a JOIN spots b USING (name)
WHERE (b.nth, b.line) < (a.nth, a.line) AND km(a.lat, a.lon, b.lat, b.lon) > 40 GROUP BY a.tab, a.line;
-- timeline.lat: {place} has another point in an earlier row.
SELECT t.* FROM timeline t JOIN timeline b USING (place)
WHERE b.line < t.line AND (b.lat, b.lon) <> (t.lat, t.lon) GROUP BY t.line;
-- entities.lat: it is {far:.0f} km away from the capital in places.csv.
SELECT e.line, km(e.lat, e.lon, capital_lat, capital_lon) far FROM entities e JOIN places p ON p.iso3 = e.id
WHERE e.type = 'state' AND far > 15;

-- glossary.term: it comes before {before}.
SELECT * FROM (SELECT line, lower(term) word, lag(lower(term)) OVER (ORDER BY line) before FROM glossary) WHERE word < before;
-- glossary.term: {entity} is {actor}, not {word}.
SELECT g.line, g.entity, e.name actor, substr(term, 1, instr(term || ' (', ' (') - 1) word
FROM glossary g LEFT JOIN entities e ON e.id = g.entity WHERE kind IN ('person', 'organisation') AND actor IS NOT word;
-- glossary.{col}: in places.csv it is {due}.
WITH both AS (SELECT g.line, term, zh, ru, kk_cyrl, uz, p.name, name_zh, name_ru, name_kk, name_uz
  FROM glossary g JOIN places p ON p.iso3 = g.entity)
SELECT * FROM (SELECT line, 'term' col, term word, name due FROM both UNION ALL SELECT line, 'zh', zh, name_zh FROM both
  UNION ALL SELECT line, 'ru', ru, name_ru FROM both UNION ALL SELECT line, 'kk_cyrl', kk_cyrl, name_kk FROM both
  UNION ALL SELECT line, 'uz', uz, name_uz FROM both) WHERE word IS NOT due;
-- glossary.kk_latn: the standard of 2021 writes {due}.
SELECT line, kazakh(kk_cyrl, kk_latn) due FROM glossary WHERE due NOT NULL;

-- ------------------------------------------------------------------------------------------- claims and ties

-- blocks.block: no claim names the block {block}.
SELECT b.* FROM blocks b LEFT JOIN claims c USING (block) WHERE c.line IS NULL;
-- blocks.order: {order} where {due} is due.
SELECT * FROM (SELECT line, "order", row_number() OVER (ORDER BY line) due FROM blocks) WHERE "order" IS NOT due;
-- claims.block: the claims do not follow the order of the article.
SELECT * FROM (SELECT c.line, b."order" nth, lag(b."order") OVER (ORDER BY c.line) before
  FROM claims c JOIN blocks b USING (block)) WHERE nth < before;
-- claims.speaker: {speaker} has another affiliation or role elsewhere.
SELECT c.* FROM claims c JOIN claims b ON b.speaker IS c.speaker AND b.line < c.line
WHERE (c.affiliation, c.role, c.speaker_country) IS NOT (b.affiliation, b.role, b.speaker_country) GROUP BY c.line;

-- Ties that are memberships begin with the spell in the table of memberships.
-- ties.day: {says}.
WITH kinds(relation, status) AS (VALUES ('member-of', 'member'), ('observer-of', 'observer'),
  ('dialogue-partner-of', 'dialogue partner')),
spells AS (SELECT iso3, 'SCO' organisation, status, "from" FROM sco_membership
  UNION ALL SELECT iso3, organisation, status, "from" FROM org_membership),
began AS (SELECT t.line, t.day, max(s."from") began FROM ties t JOIN kinds k USING (relation) LEFT JOIN spells s
  ON s.iso3 = t.actor AND s.organisation = t.target AND s.status = iif(t.target = 'SCO', k.status, 'member') GROUP BY t.line)
SELECT line, ifnull('the spell began on ' || began, 'no table of memberships has this spell') says FROM began
WHERE began IS NOT day;
-- A relation has one kind, sign and direction.
-- ties.{col}: {relation} is elsewhere {most}.
WITH cells AS (SELECT line, relation, 'kind' col, kind word FROM ties
  UNION ALL SELECT line, relation, 'directed', directed FROM ties
  UNION ALL SELECT line, relation, 'sign', sign FROM ties WHERE relation <> 'met-with'),
usual AS (SELECT relation, col, word most, row_number() OVER (PARTITION BY relation, col ORDER BY count(*) DESC) nth
  FROM cells GROUP BY 1, 2, 3)
SELECT * FROM cells JOIN usual USING (relation, col) WHERE nth = 1 AND word IS NOT most;
-- ties.day: on {day} the trip has no meeting with {name}.
SELECT t.*, e.name FROM ties t JOIN entities e ON e.id = t.target
WHERE t.actor = 'XI' AND relation = 'met-with' AND t.day BETWEEN '2022-09-14' AND '2022-09-16'
  AND NOT EXISTS (SELECT 1 FROM trip WHERE trip.day = t.day AND instr(counterpart, e.name));
-- second_coding.tie: the second coder coded ties of the article alone.
SELECT s.* FROM second_coding s JOIN ties t ON t.id = s.tie WHERE in_article IS NOT 'true';
-- ties.id: a tie of the article, and no second sign.
SELECT t.* FROM ties t LEFT JOIN second_coding s ON s.tie = t.id WHERE in_article = 'true' AND s.line IS NULL;

-- ---------------------------------------------------------------------------------------------------- sources

-- sources.url: line {there} has the same address.
SELECT * FROM (SELECT line, first_value(line) OVER (PARTITION BY lower(rtrim(substr(url, instr(url, '://') + 3), '/'))
  ORDER BY line) there FROM sources) WHERE there < line;
-- sources.published: {published}, but the address has {day}.
SELECT *, greatest('(?<!\d)20\d\d[-/]?(?:0[1-9]|1[0-2])[-/]?(?:0[1-9]|[12]\d|3[01])(?!\d)', url) day FROM sources
WHERE length(published) = 10 AND replace(replace(day, '-', ''), '/', '') <> replace(published, '-', '')
  AND key NOT IN ('ART', 'XHMNB', 'GOVCH13', /* published again; the others: made on another day */
    'MFA0110', 'CHN0913', 'CHNUN1114', 'SMH1013');
-- sources.published: {published} lies in the future.
SELECT * FROM sources WHERE published > date('now', 'localtime');
-- publishers.iso3: {seat} is elsewhere in {there}.
SELECT p.*, b.iso3 there FROM publishers p JOIN publishers b USING (seat)
WHERE b.line < p.line AND p.iso3 <> b.iso3 GROUP BY p.line;
-- publishers.spellings: no source has the publisher “{value}”.
SELECT p.line, value FROM publishers p, json_each(parts(spellings, ' | '))
WHERE value NOT IN (SELECT publisher FROM sources WHERE publisher NOT NULL);
-- publishers.spellings: “{publisher}”, the publisher of a source, is in {n} rows, not in one.
SELECT NULL line, publisher, count(value) n FROM (SELECT DISTINCT publisher FROM sources)
LEFT JOIN (SELECT value FROM publishers, json_each(parts(spellings, ' | '))) ON value = publisher
GROUP BY publisher HAVING n <> 1;

CREATE TEMP VIEW read AS SELECT c.*, published, CASE length(published) WHEN 4 THEN published || '-12-31'
  WHEN 7 THEN date(published || '-01', '+1 month', '-1 day') ELSE published END last
FROM cited c JOIN sources s ON s.key = c.key;
-- {tab}.source: the article is a source of its own words alone.
SELECT c.* FROM cited c LEFT JOIN ties t ON c.tab = 'ties' AND t.line = c.line
LEFT JOIN entities e ON c.tab = 'entities' AND e.line = c.line
WHERE c.key = 'ART' AND tab NOT IN ('blocks', 'claims') AND ifnull(t.in_article, e.in_article) IS NOT 'true';

CREATE TEMP VIEW events AS SELECT 'timeline' tab, line, day FROM timeline UNION ALL SELECT 'trip', line, day FROM trip;
-- {tab}.day: {day} comes after {before} in the table.
SELECT * FROM (SELECT *, lag(day) OVER (PARTITION BY tab ORDER BY line) before FROM events) WHERE day < before;
-- {tab}.day: every source was published before {day}.
SELECT e.* FROM events e JOIN read USING (tab, line) GROUP BY tab, line HAVING max(ifnull(last, day)) < day;

-- No source is older than what it is cited for: a plan is not a record. A row may name an exception in its words, and
-- claims of the article on its own day may rest on earlier sources.
-- {tab}.source: {key} is of {published}, before {day}: a plan, or the row must name it in its words.
WITH dated(tab, line, day, words) AS (SELECT 'timeline', line, day, text FROM timeline
  UNION ALL SELECT 'trip', line, day, ifnull(event, '') || ' ' || ifnull(documents, '') FROM trip
  UNION ALL SELECT 'sco_membership', line, min(ifnull(decided, "from"), "from"), note FROM sco_membership
  UNION ALL SELECT 'org_membership', line, "from", note FROM org_membership
  UNION ALL SELECT 'resolutions', line, day, '' FROM resolutions UNION ALL SELECT 'outcomes', line, day, record FROM outcomes
  UNION ALL SELECT 'announced', line, day, '' FROM announced UNION ALL SELECT 'numbers', line, period_end, note FROM numbers
  UNION ALL SELECT 'ties', line, day, note FROM ties WHERE in_article IS NOT 'true'
  UNION ALL SELECT 'trade_cn_ru_cumulative', line, period_end, '' FROM trade_cn_ru_cumulative
  UNION ALL SELECT 'trade_cn_ru_monthly', line, month, '' FROM trade_cn_ru_monthly
  UNION ALL SELECT 'who_counted', line, day, note FROM who_counted UNION ALL SELECT 'viewpoints', line, day, note FROM viewpoints
  UNION ALL SELECT 'positions', line, day, note FROM positions UNION ALL SELECT 'kandas', line, period_end, note FROM kandas
  UNION ALL SELECT 'polls', line, "to", note FROM polls),
old AS MATERIALIZED (SELECT * FROM read)
SELECT * FROM dated JOIN old USING (tab, line)
WHERE published < substr(day, 1, length(published)) AND instr(ifnull(words, ''), key) = 0;

-- A vote or a document has a better witness than somebody's copy: the body that voted, the office that wrote it. Who of
-- 193 states voted how is in the lists of the press alone.
-- {tab}.source: {key} is a copy: cite {better} beside it.
SELECT c.*, s.better FROM cited c JOIN sources s ON s.key = c.key AND s.better NOT NULL AND c.tab <> 'un_votes'
LEFT JOIN cited b ON b.tab = c.tab AND b.line = c.line AND b.key = s.better WHERE b.key IS NULL;

-- The day of an office is not later than any report of what it gave. A source that the row names in its words is about
-- those words alone.
CREATE TEMP VIEW reports AS SELECT k.*, r.key, r.published printed, r.last FROM known k JOIN read r USING (tab, line)
WHERE instr(k.words, r.key) = 0;
-- {tab}.published: {published}, but {key} had it on {last}.
SELECT * FROM reports WHERE last < published;
-- {tab}.published: {published}, but the row is known by {known_by}.
SELECT * FROM known WHERE published NOT NULL AND published IS NOT known_by;
-- {tab}.seen_in: {seen_in} is not a source of the row.
SELECT k.* FROM known k LEFT JOIN cited c ON c.tab = k.tab AND c.line = k.line AND c.key = seen_in
WHERE seen_in NOT NULL AND c.key IS NULL;
-- {tab}.seen_in: which source has all of the row?
SELECT k.* FROM known k JOIN cited USING (tab, line) WHERE seen_in IS NULL GROUP BY tab, k.line;

-- A row is known by its oldest dated report, or by its event, unless it waits for a later report.
CREATE TEMP VIEW waits(tab, row, why) AS VALUES
  ('numbers', 'NU051', 'the older report is on the share of Kazakhs'),
  ('numbers', 'NU066', 'that the older report has the figure was not seen'),
  ('positions', 'PO03', 'its words are those of the transcript'),
  ('positions', 'PO08', 'that the older reports have states and words was not seen'),
  ('positions', 'PO11', 'its day and its account are those of the later report'),
  ('positions', 'PO19', 'its words are in the later report'),
  ('positions', 'PO25', 'its words lie below the excerpt of the ministry’s page'),
  ('timeline', 'TL020', 'the text tells the decision of December'),
  ('timeline', 'TL034', 'the text tells who signed later, and who withdrew'),
  ('timeline', 'TL068', 'the text gives later counts'),
  ('timeline', 'TL073', 'the text gives the last toll'),
  ('timeline', 'TL077', 'the text gives the Secretariat’s day'),
  ('viewpoints', 'annexed_2022/Uzbekistan', 'its note tells the vote of October 2022'),
  ('viewpoints', 'annexed_2022/United States', 'its note tells a vote of 2025'),
  ('viewpoints', 'crimea/Kazakhstan', 'its note tells words of 2021'),
  ('viewpoints', 'crimea/United States', 'its note tells a vote of 2025'),
  ('viewpoints', 'golan/Russia', 'it names a vote of December 2019'),
  ('viewpoints', 'kyrgyz_uzbek/Uzbekistan', 'it tells the treaty that came into force in 2023'),
  ('viewpoints', 'taiwan/Ukraine', 'its note tells words of 2024'),
  ('viewpoints', 'taiwan/Uzbekistan', 'its note tells words of 2024'),
  ('viewpoints', 'karabakh/Japan', 'its note tells words of 2023'),
  ('viewpoints', 'kyrgyz_tajik/Tajikistan', 'it tells a speech in the General Assembly'),
  ('viewpoints', 'karabakh/Tajikistan', 'its note tells words of October 2020'),
  ('who_counted', 'WC053', 'that the older report has the figure was not seen'),
  ('who_counted', 'WC080', 'it divides one figure by another');
-- {tab}.known_by: {known_by}, but {key} had the row by {last}; or does it wait for a later report?
SELECT r.* FROM reports r LEFT JOIN waits w USING (tab, row) WHERE last < known_by AND known_by IS NOT event
AND w.why IS NULL AND tab NOT IN ('partners', 'partner_shares') GROUP BY tab, line;
-- {tab}.known_by: {row} waits for a later report, but has none.
SELECT NULL line, w.* FROM waits w LEFT JOIN reports r USING (tab, row) GROUP BY w.tab, w.row
HAVING ifnull(min(last) < max(r.known_by), 0) = 0;

-- The day on which a row became known is the office’s, or that of one of its sources, or of the event itself. A bare year
-- dates no figure that is published by months. NU056 has sources without a day, TL062 was published just before midnight.
-- {tab}.known_by: {known_by}, but its sources and its event are of {days}.
SELECT k.*, coalesce(event || ', ' || group_concat(last, ', '), group_concat(last, ', '), event, 'no day') days
FROM known k LEFT JOIN read r ON r.tab = k.tab AND r.line = k.line
  AND length(r.published) >= iif(k.tab LIKE 'trade%' OR k.tab = 'energy_flows', 5, 4)
WHERE k.published IS NULL AND (k.tab LIKE 'trade%' OR k.tab IN ('timeline', 'numbers', 'energy_flows'))
GROUP BY k.tab, k.line HAVING known_by IS NOT event AND ifnull(max(last = known_by), 0) = 0
AND (row, known_by) NOT IN (VALUES ('NU056', '2022-09-15'), ('NU080', '2022-06-30'), ('TL062', '2022-09-01'));

-- An announcement was reported within three days, and made before its event.
-- announced.source: {key} is of {published}: no report of {day}.
SELECT * FROM announced a JOIN read r ON r.tab = 'announced' AND r.line = a.line
WHERE published > substr(date(day, '+3 days'), 1, length(published));
-- announced.day: {id} had come to pass on {verdict_day}.
SELECT a.line, c.id, verdict_day FROM announced a, json_each(parts(a.claims, ';')) JOIN claims c ON c.id = value
WHERE verdict_day <= a.day;

-- What was known then has a source of that time, with three days for the press; later knowledge has a later one.
CREATE TEMP VIEW judged AS SELECT c.*, min(ifnull(published, '')) first, max(published) newest,
  min(substr(ifnull(published, ''), 1, 10) > substr('2022-09-18', 1, length(ifnull(published, '')))) all_later,
  max(published IS NULL OR published > substr('2022-09-18', 1, length(published))) some_later
FROM claims c LEFT JOIN read r ON r.tab = 'claims' AND r.line = c.line GROUP BY c.line;
-- claims.verdict_day: no event is of {verdict_day}, and no source of the row is of that day or of the five after it.
SELECT c.line, verdict_day FROM claims c LEFT JOIN read r ON r.tab = 'claims' AND r.line = c.line
WHERE verdict_precision = 'day' AND verdict_day NOT LIKE '%-12-31'
  AND verdict_day NOT IN (SELECT day FROM timeline UNION SELECT day FROM trip UNION SELECT day FROM resolutions)
GROUP BY c.line HAVING ifnull(max(substr(verdict_day, 1, length(published)) <= published
  AND published <= date(verdict_day, '+5 days')), 0) = 0;
-- claims.known_then: no source of it was in print by then.
SELECT * FROM judged WHERE known_then NOT NULL AND verdict NOT IN ('opinion', 'not-a-claim') AND all_later;
-- claims.known_later: every source of it was in print before.
SELECT * FROM judged WHERE later_day > '2022-09-18' AND NOT some_later;
-- claims.known_later: the verdict rests on {verdict_day}; on what?
SELECT * FROM claims WHERE verdict_day > '2022-09-18' AND known_later IS NULL;
-- claims.known_later: it speaks of {year}, its sources end in {newest}.
SELECT *, greatest('\b20\d\d\b', ifnull(known_then, '') || ifnull(known_later, '')) year FROM judged
WHERE first <> '' AND year > substr(newest, 1, 4);
-- A number of four digits is a year, since other numbers have a comma.
-- {tab}.{col}: {year} is no year; a figure has a comma between the thousands.
SELECT *, greatest('(?<![\w,.])(?!18[5-9]\d|19\d\d|20[0-4]\d|2050)\d{4}(?![\w,])', words) year FROM texts
WHERE tab NOT IN ('sources', 'publishers') AND col IN ('text', 'title', 'event', 'note', 'known_then', 'known_later',
  'paraphrase', 'then', 'later', 'includes') AND year NOT NULL;

-- ------------------------------------------------------------------------------------------ figures of trade

-- Cumulative figures grow within a year, and growth rates fit the year before.
-- trade_cn_ru_cumulative.{col}: {value} is not more than {before} up to {till}.
WITH cells AS (SELECT line, period_start, period_end, 'total_usd_bn' col, total_usd_bn value FROM trade_cn_ru_cumulative
  UNION ALL SELECT line, period_start, period_end, 'china_exports_usd_bn', china_exports_usd_bn FROM trade_cn_ru_cumulative
  UNION ALL SELECT line, period_start, period_end, 'china_imports_usd_bn', china_imports_usd_bn FROM trade_cn_ru_cumulative)
SELECT * FROM (SELECT *, lag(value) OVER w before, lag(period_end) OVER w till FROM cells WHERE value NOT NULL
  WINDOW w AS (PARTITION BY period_start, col ORDER BY period_end)) WHERE value <= before;
-- trade_cn_ru_cumulative.growth_yoy_pct: {growth_yoy_pct} per cent does not fit {earlier} a year before.
SELECT c.*, b.total_usd_bn earlier FROM trade_cn_ru_cumulative c JOIN trade_cn_ru_cumulative b
ON b.period_end = (substr(c.period_end, 1, 4) - 1) || substr(c.period_end, 5)
WHERE abs((1.0 * c.total_usd_bn / earlier - 1) * 100 - c.growth_yoy_pct) > 2;
-- trade_cn_ru_monthly.month: {month} does not follow {before}.
SELECT * FROM (SELECT line, month, lag(month) OVER (ORDER BY line) before FROM trade_cn_ru_monthly) WHERE month <= before;
-- trade_cn_ru_monthly.total_usd_bn: the cumulative figures, which revise months upwards, leave {due:.2f}.
SELECT m.line, c.total_usd_bn - iif(month LIKE '%-01-01', 0, b.total_usd_bn) due FROM trade_cn_ru_monthly m
LEFT JOIN trade_cn_ru_cumulative c ON c.period_end = date(month, '+1 month', '-1 day')
LEFT JOIN trade_cn_ru_cumulative b ON b.period_end = date(month, '-1 day')
WHERE due - m.total_usd_bn NOT BETWEEN -0.05 AND 0.6;

-- A figure is the same in every table that states it.
-- trade_with_china.total_usd_bn: the cumulative table has {due}.
SELECT t.line, c.total_usd_bn due FROM trade_with_china t
JOIN trade_cn_ru_cumulative c ON c.period_start = year || '-01-01' AND c.period_end = year || '-12-31'
WHERE (reporter, partner, months) = ('CHN', 'RUS', 12) AND t.total_usd_bn IS NOT due;
-- trade_with_china.total_usd_bn: the five states add up to {total:g}.
SELECT t.line, sum(f.total_usd_bn) total FROM trade_with_china t LEFT JOIN trade_with_china f
ON (f.year, f.months, f.reporter) = (t.year, t.months, 'CHN') AND f.partner IN five
WHERE (t.reporter, t.partner) = ('CHN', 'CA5') GROUP BY t.line
HAVING (count(f.line) = 5 AND abs(total - t.total_usd_bn) <= 0.5) IS NOT 1;
-- numbers.value: another table has {due} for {id}.
WITH russia(id, first, last, col) AS (VALUES
  ('NU001', '2021-01-01', '2021-12-31', 'total'), ('NU002', '2022-01-01', '2022-08-31', 'total'),
  ('NU003', '2022-01-01', '2022-12-31', 'total'), ('NU004', '2023-01-01', '2023-12-31', 'total'),
  ('NU005', '2022-01-01', '2022-12-31', 'exports'), ('NU006', '2022-01-01', '2022-12-31', 'imports')),
trade(id, year, reporter, partner) AS (VALUES ('NU037', 2021, 'CHN', 'KAZ'), ('NU038', 2022, 'CHN', 'KAZ'),
  ('NU039', 2022, 'KAZ', 'CHN'), ('NU040', 2021, 'KAZ', 'CHN'), ('NU042', 2024, 'CHN', 'KAZ'),
  ('NU043', 2024, 'CHN', 'KGZ'), ('NU044', 2024, 'CHN', 'UZB'), ('NU045', 2024, 'CHN', 'TKM'), ('NU046', 2024, 'CHN', 'TJK')),
oil(id, origin) AS (VALUES ('NU012', 'RUS'), ('NU013', 'SAU')),
stated(id, due, slack) AS (SELECT id, CASE col WHEN 'total' THEN total_usd_bn WHEN 'exports' THEN china_exports_usd_bn
    ELSE china_imports_usd_bn END, 0 FROM russia LEFT JOIN trade_cn_ru_cumulative ON (period_start, period_end) = (first, last)
  UNION ALL SELECT id, total_usd_bn, 0 FROM trade LEFT JOIN trade_with_china t USING (year, reporter, partner)
    WHERE months IS NULL OR months = 12
  UNION ALL SELECT id, value, 0.05 FROM oil o LEFT JOIN energy_flows f ON (f.year, product, f.origin, destination)
    = (2022, 'crude oil', o.origin, 'CHN'))
SELECT n.line, s.id, due FROM stated s LEFT JOIN numbers n USING (id) WHERE (abs(n.value - due) <= slack) IS NOT 1;
-- numbers.value: the two quantities give {share} per cent.
WITH n AS (SELECT max(iif(id = 'NU012', value, NULL)) part, max(iif(id = 'NU014', value, NULL)) whole,
  max(iif(id = 'NU016', value, NULL)) pct, max(iif(id = 'NU016', line, NULL)) line FROM numbers)
SELECT line, round(100.0 * part / whole, 1) share FROM n WHERE (abs(100.0 * part / whole - pct) <= 0.06) IS NOT 1;
-- energy_flows.value: the origins of {year} add up to {total:g}.
SELECT w.line, w.year, sum(p.value) total FROM energy_flows w JOIN energy_flows p USING (year, product)
WHERE product = 'pipeline gas' AND w.origin = 'WLD' AND p.origin <> 'WLD' GROUP BY w.line HAVING abs(total - w.value) > 0.005;
-- energy_flows.origin: {product}, {origin}, {destination} has {n} years, not 5.
SELECT NULL line, product, origin, destination, count(*) n FROM energy_flows GROUP BY 2, 3, 4 HAVING n <> 5;
-- energy_flows.published: one edition has two days of publication or two sources.
SELECT NULL line WHERE 5 < (SELECT count(*) FROM (SELECT DISTINCT edition, published,
  substr(source || ';', 1, instr(source || ';', ';')) FROM energy_flows));
-- The final figures are near the first ones, which the press printed.
-- trade_with_china.total_usd_bn: the final figure is {total:.2f}.
SELECT t.line, (ifnull(p.exports_usd_mn, 0) + ifnull(p.imports_usd_mn, 0)) / 1000.0 total
FROM trade_with_china t JOIN partners p USING (year, partner)
WHERE t.reporter = 'KAZ' AND months = 12 AND abs(total / total_usd_bn - 1) > 0.02;

-- A series does not jump by more than the factor allowed for its kind; partners only from year to year.
-- {tab}.{col}: {name} jumps from {before:g} to {value:g} in {year}.
WITH series(tab, col, name, year, value, line, times) AS (
  SELECT 'partners', 'exports_usd_mn', partner, year, exports_usd_mn, line, 5.0 FROM partners
  UNION ALL SELECT 'partners', 'imports_usd_mn', partner, year, imports_usd_mn, line, 5.0 FROM partners
  UNION ALL SELECT 'gravity_gdp', 'gdp_usd_mn', iso3, year, gdp_usd_mn, line, 6.0 FROM gravity_gdp
  UNION ALL SELECT 'census', 'persons', people || ' of ' || place, year, persons, line, 2.1 FROM census
    WHERE people IN ('all', 'Uyghurs')
  UNION ALL SELECT 'indicators', 'value', indicator || ' of ' || iso3, year, value, line, CASE indicator
    WHEN 'population_persons' THEN 2.0 WHEN 'gdp_current_usd' THEN 4.5 WHEN 'gdp_per_head_ppp' THEN 2.2
    WHEN 'military_pct_gdp' THEN 8.0 WHEN 'remittances_pct_gdp' THEN 3.0 WHEN 'gdp_ppp' THEN 3.0 END FROM indicators)
SELECT * FROM (SELECT *, lag(value) OVER w before, lag(year) OVER w earlier FROM series WHERE value NOT NULL
  WINDOW w AS (PARTITION BY tab, col, name ORDER BY year))
WHERE before <> 0 AND (tab <> 'partners' OR year = earlier + 1) AND NOT (before / times < value AND value < before * times);
-- indicators.value: the figure is more than a third of the world.
SELECT i.* FROM indicators i JOIN indicators w USING (indicator, year)
WHERE w.iso3 = 'WLD' AND i.iso3 <> 'WLD' AND i.value > 0.35 * w.value;
-- indicators.iso3: {indicator} of {iso3} has {n} years, not seven.
SELECT NULL line, indicator, iso3, count(*) n FROM indicators
WHERE indicator IN ('population_persons', 'gdp_current_usd', 'gdp_per_head_ppp') GROUP BY 2, 3 HAVING n <> 7;
-- partners.exports_usd_mn: the partners of {year} add up to {exports:g} and {imports:g}.
SELECT w.line, w.year, sum(p.exports_usd_mn) exports, sum(p.imports_usd_mn) imports
FROM partners w JOIN partners p ON p.year = w.year AND p.partner <> 'WLD' WHERE w.partner = 'WLD' GROUP BY w.line
HAVING (exports > 0.3 * w.exports_usd_mn AND round(exports, 6) <= w.exports_usd_mn
  AND imports > 0.3 * w.imports_usd_mn AND round(imports, 6) <= w.imports_usd_mn) IS NOT 1;

-- A list of shares is from one edition, and has a note if it adds up to more than 100.
-- partner_shares.share_pct: {share_pct} comes after {before} in a list from the largest to the smallest.
SELECT * FROM (SELECT line, share_pct, lag(share_pct) OVER (PARTITION BY iso3, flow, year ORDER BY line) before
  FROM partner_shares) WHERE share_pct > before + 1;
-- partner_shares.partner: {printed} has another code elsewhere.
SELECT a.* FROM partner_shares a JOIN partner_shares b USING (printed)
WHERE b.line < a.line AND b.partner IS NOT a.partner GROUP BY a.line;
CREATE TEMP VIEW lists AS SELECT min(line) line, iso3, flow, year, note, sum(share_pct) total,
  count(DISTINCT edition) editions, sum(partner IS 'RUS') russia FROM partner_shares GROUP BY iso3, flow, year;
-- partner_shares.share_pct: {flow} of {iso3} in {year} add up to {total:g} per cent.
SELECT * FROM lists WHERE round(total, 6) > 100 AND ifnull(note, '') NOT LIKE '%adds up to%';
-- partner_shares.edition: one list is from two editions.
SELECT * FROM lists WHERE editions > 1;
-- partner_shares.note: a list of imports without Russia says so.
SELECT * FROM lists WHERE year >= 2000 AND iso3 IN ('KAZ', 'TJK') AND flow = 'imports' AND russia = 0
  AND ifnull(note, '') NOT LIKE '%lacks Russia%';

-- A pair's distance is the same each year and near that of the capitals; zero flows are as counted.
-- gravity.distance_km: {here}, where another row of the pair has {due}.
WITH pairs AS (SELECT line, min(origin, destination) one, max(origin, destination) other,
  distance_km || ' km, ' || shared_border || ', ' || shared_language here FROM gravity)
SELECT * FROM (SELECT *, first_value(here) OVER (PARTITION BY one, other ORDER BY line) due FROM pairs) WHERE here IS NOT due;
-- gravity.origin: gravity_gdp has no {iso3} in {year}.
SELECT e.* FROM (SELECT line, year, origin iso3 FROM gravity UNION ALL SELECT line, year, destination FROM gravity) e
LEFT JOIN gravity_gdp g USING (year, iso3) WHERE g.line IS NULL;
-- gravity.distance_km: the capitals are {far:.0f} km apart.
SELECT g.line, km(a.capital_lat, a.capital_lon, b.capital_lat, b.capital_lon) far FROM gravity g
JOIN places a ON a.iso3 = origin JOIN places b ON b.iso3 = destination WHERE abs(distance_km - far) > 450 + 0.35 * far;
-- gravity.flow_usd_mn: {zeros} of {n} pairs of {year} have no trade, not {zero} of {every}.
WITH due(year, zero, every) AS (VALUES (2000, 449, 965), (2004, 358, 869), (2008, 311, 866), (2012, 281, 864), (2016, 273, 859))
SELECT NULL line, due.*, sum(flow_usd_mn = 0) zeros, count(flow_usd_mn) n FROM due LEFT JOIN gravity USING (year)
GROUP BY year HAVING (zeros, n) IS NOT (zero, every);

-- ------------------------------------------------------------------------------ counters, viewpoints, shares

-- A quantity has two counters or more with comparable figures, and its rows are together.
CREATE TEMP VIEW quantities AS SELECT quantity, min(line) line, max(line) - min(line) + 1 long, count(*) n,
  count(DISTINCT counter) counters, max(nullif(value, 0)) most, min(nullif(value, 0)) least FROM who_counted GROUP BY quantity;
-- who_counted.quantity: {quantity} has one counter: nothing to compare.
SELECT * FROM quantities WHERE counters < 2;
-- who_counted.value: {quantity}: {most} is not the same as {least}.
SELECT * FROM quantities WHERE most > 8 * least;
-- who_counted.quantity: the rows of {quantity} are not together.
SELECT * FROM quantities WHERE long <> n;
-- who_counted.value: {value} dead of January 2022 are in one of two tables only.
WITH dead AS (SELECT DISTINCT 1 tab, value FROM who_counted WHERE quantity = 'dead of January 2022'
  UNION ALL SELECT DISTINCT 2, value FROM numbers WHERE indicator = 'Dead in January 2022 unrest')
SELECT NULL line, value FROM dead GROUP BY value HAVING count(*) < 2;

-- The viewers whose maps and documents are compared for each area.
CREATE TEMP VIEW viewers(viewer) AS VALUES ('China'), ('India'), ('Kazakhstan'), ('Kyrgyzstan'), ('Pakistan'), ('Russia'),
  ('Tajikistan'), ('Turkey'), ('Ukraine'), ('United Nations'), ('United States'), ('Uzbekistan');
CREATE TEMP VIEW five(iso3) AS VALUES ('KAZ'), ('KGZ'), ('TJK'), ('TKM'), ('UZB');
-- viewpoints.drawn_as: {owner} is not a state of the course.
SELECT line, substr(drawn_as, 4) owner FROM viewpoints WHERE drawn_as LIKE 'of %'
  AND owner NOT IN (SELECT name FROM states UNION ALL VALUES ('Abkhazia'), ('South Ossetia'), ('Northern Cyprus'));
-- viewpoints.viewer: {area} has no row for {viewer}.
SELECT NULL line, area, viewer FROM (SELECT DISTINCT area FROM viewpoints) JOIN viewers
EXCEPT SELECT NULL, area, viewer FROM viewpoints WHERE role = 'viewer';
-- viewpoints.area: {n} areas, not 19.
SELECT NULL line, n FROM (SELECT count(DISTINCT area) n FROM viewpoints) WHERE n <> 19;

-- Shares of a whole add up to 100 or to the sum that the row states; those of a census fit it.
CREATE TEMP VIEW people AS SELECT c.*, w.persons total FROM census c JOIN census w USING (year, place) WHERE w.people = 'all';
-- census.persons: more than all of {place}, {total}.
SELECT * FROM people WHERE persons > total;
-- census.share_pct: {persons} of {total} are another share.
SELECT * FROM people WHERE abs(100.0 * persons / total - share_pct) > 0.01;
-- kandas.uzbekistan_pct: the shares add up to {total:g}, and the note does not say so.
SELECT *, round(ifnull(uzbekistan_pct, 0) + ifnull(china_pct, 0) + ifnull(russia_pct, 0) + ifnull(turkmenistan_pct, 0)
  + ifnull(mongolia_pct, 0) + ifnull(other_pct, 0), 6) total FROM kandas WHERE abs(total - 100) > 0.2001
  AND instr(ifnull(note, ''), printf('%g', total)) + instr(ifnull(note, ''), printf('%g', 100 - total)) = 0;
-- kandas.since_1991_persons: it was {before} before.
SELECT * FROM (SELECT line, since_1991_persons n, lag(since_1991_persons) OVER (ORDER BY line) before FROM kandas
  WHERE since_1991_persons NOT NULL) WHERE n < before;
-- dependence.value: {dimension}: {total:g} per cent in all.
SELECT min(line) line, dimension, sum(value) total FROM dependence WHERE unit = 'percent' GROUP BY dimension
HAVING round(total, 6) NOT BETWEEN 100 AND 100.2;
-- polls.answer_pct: {question}, {place}, {from}, {by}: {total:g} per cent in all.
SELECT min(line) line, question, place, "from", "by", sum(answer_pct) total FROM polls GROUP BY 2, 3, 4, 5
HAVING round(total, 6) NOT BETWEEN 0 AND 100.2;
