-- The store at its beginning. Times are UTC milliseconds; flags are 0 or 1; texts are never NULL.
-- Triggers keep the promises that no code may break: the journal is only added to, frozen bytes
-- never change, nothing unsent is deleted.

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    about TEXT NOT NULL,
    detail TEXT NOT NULL,
    digest BLOB NOT NULL
) STRICT;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;

-- ---- people and doors ---------------------------------------------------------------------------

CREATE TABLE household (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    head TEXT NOT NULL,
    province TEXT NOT NULL,
    commune TEXT NOT NULL,
    hamlet TEXT NOT NULL,
    address TEXT NOT NULL,
    location TEXT NOT NULL,
    note TEXT NOT NULL,
    source TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    return_ms INTEGER NOT NULL DEFAULT 0,
    sort_key BLOB NOT NULL
) STRICT;
CREATE INDEX household_order ON household (return_ms = 0, return_ms, sort_key);
CREATE VIRTUAL TABLE household_word USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0',
    prefix = '2 3');

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    birth TEXT NOT NULL,
    sex TEXT NOT NULL,
    number TEXT NOT NULL,
    number_tail TEXT NOT NULL,
    number_digest BLOB,
    number_purpose TEXT NOT NULL,
    address TEXT NOT NULL,
    commune TEXT NOT NULL,
    phone TEXT NOT NULL,
    origins TEXT NOT NULL,
    source TEXT NOT NULL,
    household INTEGER REFERENCES household (id),
    version INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    erased_ms INTEGER NOT NULL DEFAULT 0,
    folded TEXT NOT NULL,
    sort_key BLOB NOT NULL
) STRICT;
CREATE INDEX person_number ON person (number_digest) WHERE number_digest IS NOT NULL;
CREATE INDEX person_folded ON person (folded);
CREATE INDEX person_household ON person (household) WHERE household IS NOT NULL;
CREATE INDEX person_order ON person (sort_key) WHERE erased_ms = 0;
CREATE VIRTUAL TABLE person_word USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0',
    prefix = '2 3');

CREATE TABLE consent (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    visit INTEGER NOT NULL,
    person INTEGER NOT NULL,
    text_version TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    channel TEXT NOT NULL,
    giver TEXT NOT NULL,
    giver_name TEXT NOT NULL,
    witness TEXT NOT NULL,
    granted TEXT NOT NULL,
    refused TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    withdrawn_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX consent_person ON consent (person);

CREATE TABLE visit (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    household INTEGER NOT NULL,
    person INTEGER NOT NULL,
    consent INTEGER NOT NULL,
    title TEXT NOT NULL,
    volunteer TEXT NOT NULL,
    team TEXT NOT NULL,
    commune TEXT NOT NULL,
    hamlet TEXT NOT NULL,
    topics TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    dossier TEXT NOT NULL,
    procedure TEXT NOT NULL,
    rating INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    appointment_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_started ON visit (started_ms);
CREATE INDEX visit_state ON visit (state, started_ms);
CREATE INDEX visit_outcome ON visit (outcome, started_ms);
CREATE INDEX visit_volunteer ON visit (volunteer, started_ms);
CREATE INDEX visit_team ON visit (team, started_ms);
CREATE INDEX visit_commune ON visit (commune, started_ms);
CREATE INDEX visit_hamlet ON visit (hamlet, started_ms);
CREATE INDEX visit_household ON visit (household, started_ms);
CREATE INDEX visit_person ON visit (person, started_ms);
CREATE TABLE visit_progress (
    visit INTEGER PRIMARY KEY REFERENCES visit (id),
    progress TEXT NOT NULL
) STRICT;
CREATE TABLE visit_topic (
    topic TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    visit INTEGER NOT NULL REFERENCES visit (id),
    PRIMARY KEY (topic, started_ms, visit)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_topic_visit ON visit_topic (visit);
CREATE VIRTUAL TABLE visit_word USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0',
    prefix = '2 3');

-- ---- forms and lists ----------------------------------------------------------------------------

CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE form (
    id INTEGER PRIMARY KEY,
    form_id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    hash TEXT NOT NULL,
    media_hash TEXT NOT NULL,
    source TEXT NOT NULL,
    is_current INTEGER NOT NULL,
    added_ms INTEGER NOT NULL,
    UNIQUE (form_id, hash, media_hash)
) STRICT;
CREATE UNIQUE INDEX form_current ON form (form_id) WHERE is_current = 1;

-- kind 1: bytes in content; 2: a CSV kept as list of that name and hash; 3: an entity list by name
CREATE TABLE form_media (
    form INTEGER NOT NULL REFERENCES form (id),
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (form, name)
) STRICT, WITHOUT ROWID;

-- The rows of list N stand in a table of their own, list_N (id, c0, c1 …), id counting from 1;
-- entity lists have is_online and touched (changes of the list when it was last changed here).
CREATE TABLE list (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    source TEXT NOT NULL,
    is_entity INTEGER NOT NULL,
    needs_approval INTEGER NOT NULL DEFAULT 0,
    is_current INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0,
    added_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX list_current ON list (name) WHERE is_current = 1;
CREATE INDEX list_version ON list (name, version);
CREATE TABLE list_column (
    list INTEGER NOT NULL REFERENCES list (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    is_indexed INTEGER NOT NULL DEFAULT 0,
    is_searched INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE procedure (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    field TEXT NOT NULL,
    papers TEXT NOT NULL,
    time TEXT NOT NULL,
    fee TEXT NOT NULL,
    audience TEXT NOT NULL,
    channels TEXT NOT NULL,
    decision TEXT NOT NULL,
    url TEXT NOT NULL,
    captured TEXT NOT NULL,
    is_online INTEGER NOT NULL,
    is_doubtful INTEGER NOT NULL,
    priority INTEGER NOT NULL
) STRICT;

-- ---- records ------------------------------------------------------------------------------------

-- state: 1 draft, 2 ready, 3 sending, 4 sent, 5 accepted, 6 returned, 7 set aside
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    instance_id TEXT NOT NULL UNIQUE,
    form INTEGER REFERENCES form (id),
    form_id TEXT NOT NULL,
    version TEXT NOT NULL,
    visit TEXT NOT NULL,
    title TEXT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
    sequence INTEGER NOT NULL DEFAULT 0,
    replaces INTEGER REFERENCES record (id),
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    ready_ms INTEGER NOT NULL DEFAULT 0,
    sent_ms INTEGER NOT NULL DEFAULT 0,
    again_ms INTEGER NOT NULL DEFAULT 0,
    is_edit INTEGER NOT NULL DEFAULT 0,
    is_held INTEGER NOT NULL DEFAULT 0,
    is_doubtful INTEGER NOT NULL DEFAULT 0,
    is_xml_confirmed INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    status INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0,
    files_confirmed INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    bytes_left INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX record_sequence ON record (sequence) WHERE sequence > 0;
CREATE INDEX record_state ON record (state, sequence);
CREATE INDEX record_waiting ON record (attempts, bytes_left >= 262144, sequence, next_ms)
    WHERE state = 2 AND is_held = 0;
CREATE INDEX record_asked ON record (tries, sequence) WHERE sent_ms > 0 AND again_ms = 0;
CREATE INDEX record_visit ON record (visit, state);
CREATE INDEX record_form ON record (form_id, state);
CREATE INDEX record_form_kept ON record (form) WHERE form IS NOT NULL;
CREATE INDEX record_replaces ON record (replaces) WHERE replaces IS NOT NULL;
CREATE TRIGGER record_stays BEFORE DELETE ON record WHEN old.state <> 1
BEGIN SELECT RAISE(ABORT, 'only a draft can be deleted'); END;
CREATE TRIGGER record_does_not_go_back BEFORE UPDATE OF state ON record
WHEN new.state = 1 AND old.state <> 1
BEGIN SELECT RAISE(ABORT, 'a finished record is no draft again'); END;

CREATE TABLE draft (
    record INTEGER PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
    xml BLOB NOT NULL
) STRICT;
CREATE TABLE answer (
    id INTEGER PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    ref TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;
CREATE INDEX answer_record ON answer (record);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    rows TEXT NOT NULL
) STRICT;
CREATE INDEX audit_record ON audit (record);

CREATE TABLE frozen (
    record INTEGER PRIMARY KEY REFERENCES record (id),
    digest BLOB NOT NULL,
    file TEXT NOT NULL UNIQUE,
    xml BLOB NOT NULL
) STRICT;
CREATE TRIGGER frozen_is_not_changed BEFORE UPDATE ON frozen
BEGIN SELECT RAISE(ABORT, 'frozen bytes do not change'); END;
CREATE TRIGGER frozen_stays BEFORE DELETE ON frozen
WHEN NOT EXISTS (SELECT 1 FROM record WHERE id = old.record AND state IN (4, 5) AND again_ms > 0)
BEGIN SELECT RAISE(ABORT, 'nothing unsent is deleted'); END;

CREATE TABLE attachment (
    id INTEGER PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    digest BLOB NOT NULL,
    confirmed_ms INTEGER NOT NULL DEFAULT 0,
    is_aside INTEGER NOT NULL DEFAULT 0,
    UNIQUE (record, name)
) STRICT;
CREATE TRIGGER attachment_stays BEFORE DELETE ON attachment
WHEN EXISTS (SELECT 1 FROM record WHERE id = old.record AND state <> 1
             AND NOT (state IN (4, 5) AND again_ms > 0))
BEGIN SELECT RAISE(ABORT, 'nothing unsent is deleted'); END;
