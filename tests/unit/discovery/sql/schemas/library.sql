PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "shelves" (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    [room name] TEXT NOT NULL,
    floor INTEGER NOT NULL DEFAULT 0 CHECK (floor BETWEEN -2 AND 30)
);
CREATE TABLE books(
  isbn TEXT NOT NULL PRIMARY KEY CHECK (length(isbn) <= 17 AND length(isbn) >= 10),
  title TEXT NOT NULL COLLATE NOCASE, -- what stands on the cover
  published DATE,
  pages INT CHECK(pages > 0),
  price NUMERIC(8,2) DEFAULT 9.90,
  is_lent INTEGER NOT NULL DEFAULT 0,
  shelf INTEGER REFERENCES shelves ON DELETE RESTRICT,
  summary TEXT,
  homepage VARCHAR(300),
  added_at TEXT DEFAULT CURRENT_TIMESTAMP
) WITHOUT ROWID;
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born DATE, anything);
CREATE TABLE book_authors (
  book_isbn TEXT NOT NULL REFERENCES books(isbn) ON DELETE CASCADE,
  author_id INTEGER NOT NULL REFERENCES authors(id) ON DELETE CASCADE,
  PRIMARY KEY (book_isbn, author_id)
);
CREATE TABLE loans (
  id INTEGER PRIMARY KEY,
  book_isbn TEXT NOT NULL REFERENCES books(isbn),
  reader TEXT NOT NULL,
  lent_on DATE NOT NULL DEFAULT (date('now')),
  due_on DATE NOT NULL DEFAULT (date('now', '+21 days')),
  returned_on DATE,
  UNIQUE (book_isbn, lent_on) ON CONFLICT FAIL,
  CHECK (lent_on <= due_on)
) STRICT;
CREATE INDEX loans_book ON loans(book_isbn);
CREATE VIRTUAL TABLE book_words USING fts5(title, summary);
CREATE TRIGGER lend AFTER INSERT ON loans BEGIN
  UPDATE books SET is_lent = 1 WHERE isbn = NEW.book_isbn;
  SELECT CASE WHEN NEW.reader = '' THEN RAISE(ABORT, 'no; reader') END;
END;
INSERT INTO shelves VALUES(1,'Hall; "A"',0);
DELETE FROM sqlite_sequence;
COMMIT;
