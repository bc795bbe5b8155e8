"""The tables, indexes and views of archive.db (docs/exports.md 5)."""

from __future__ import annotations

# Raised when a table or a column is added; `hkcnews browse` asks for it.
VERSION = 2

TABLES = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, date TEXT, lastmod TEXT,
    category_id INTEGER REFERENCES categories (id),
    text TEXT NOT NULL, markdown TEXT NOT NULL,
    archive_url TEXT NOT NULL, original_url TEXT NOT NULL, captured TEXT NOT NULL,
    box_label TEXT, box_name TEXT, box_bio TEXT, box_avatar TEXT,
    rules TEXT NOT NULL, warnings TEXT NOT NULL
);
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE article_authors (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    author_id INTEGER NOT NULL REFERENCES authors (id),
    PRIMARY KEY (article_id, author_id)
) WITHOUT ROWID;
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (article_id, tag_id)
) WITHOUT ROWID;
CREATE TABLE figures (
    article_id INTEGER NOT NULL REFERENCES articles (id), position INTEGER NOT NULL,
    address TEXT NOT NULL, alt TEXT NOT NULL, caption TEXT NOT NULL,
    PRIMARY KEY (article_id, position)
);
CREATE TABLE videos (
    article_id INTEGER NOT NULL REFERENCES articles (id), position INTEGER NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (article_id, position)
);
CREATE TABLE links (
    article_id INTEGER NOT NULL REFERENCES articles (id), position INTEGER NOT NULL,
    address TEXT NOT NULL, text TEXT NOT NULL,
    leads_to INTEGER, to_article_id INTEGER REFERENCES articles (id),
    PRIMARY KEY (article_id, position)
);
CREATE TABLE capture_texts (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    timestamp TEXT NOT NULL, original TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (article_id, timestamp, original)
) WITHOUT ROWID;
CREATE TABLE captures (
    timestamp TEXT NOT NULL, original TEXT NOT NULL, article_number INTEGER NOT NULL,
    result TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
    served_timestamp TEXT, served_original TEXT,
    PRIMARY KEY (timestamp, original)
) WITHOUT ROWID;
CREATE TABLE outcomes (
    article_number INTEGER PRIMARY KEY, status TEXT NOT NULL, reason TEXT NOT NULL,
    message TEXT NOT NULL
);
"""

# Of a crawl whose pictures were asked for. The address is that of `figures` and `box_avatar`.
IMAGES = """
CREATE TABLE images (
    address TEXT PRIMARY KEY, original TEXT NOT NULL,
    status TEXT NOT NULL, reason TEXT NOT NULL, file TEXT NOT NULL, mime TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, bytes INTEGER NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
"""

# Written when all rows are in. Each Han character is a word of its own in `search`, and a sign
# stands where two of them are not neighbours, so that a phrase is found where the text has it.
AFTER = """
UPDATE links SET to_article_id = leads_to WHERE leads_to IN (SELECT id FROM articles);
CREATE INDEX articles_date ON articles (date);
CREATE INDEX articles_category ON articles (category_id, date);
CREATE INDEX article_authors_author ON article_authors (author_id);
CREATE INDEX article_tags_tag ON article_tags (tag_id);
CREATE INDEX links_to ON links (to_article_id);
CREATE INDEX captures_article ON captures (article_number);
CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content="articles", content_rowid="id",
    tokenize="unicode61 remove_diacritics 0 tokenchars '¦'"
);
INSERT INTO search (rowid, title, text) SELECT id, spaced(title), spaced(text) FROM articles;
INSERT INTO search (search) VALUES ('optimize');
CREATE VIEW article_list AS
    SELECT articles.id, title, date, categories.name AS category,
        (SELECT group_concat(authors.name, '、') FROM article_authors
            JOIN authors ON authors.id = author_id WHERE article_id = articles.id) AS authors,
        (SELECT group_concat(name, '、') FROM (SELECT tags.name AS name FROM article_tags
            JOIN tags ON tags.id = tag_id WHERE article_id = articles.id ORDER BY position)
            ) AS tags,
        length(text) AS characters, archive_url
    FROM articles LEFT JOIN categories ON categories.id = category_id;
CREATE VIEW articles_by_month AS
    SELECT substr(date, 1, 7) AS month, count(*) AS articles FROM articles
    WHERE date IS NOT NULL GROUP BY month;
CREATE VIEW articles_by_category AS
    SELECT coalesce(categories.name, '') AS category, count(*) AS articles
    FROM articles LEFT JOIN categories ON categories.id = category_id GROUP BY category;
-- No GROUP BY in these two: for each page of 100 it would go through all articles of all tags.
CREATE VIEW articles_by_author AS
    SELECT name AS author,
        (SELECT count(*) FROM article_authors WHERE author_id = authors.id) AS articles,
        (SELECT min(date) FROM article_authors JOIN articles ON articles.id = article_id
            WHERE author_id = authors.id) AS first,
        (SELECT max(date) FROM article_authors JOIN articles ON articles.id = article_id
            WHERE author_id = authors.id) AS last
    FROM authors;
CREATE VIEW articles_by_tag AS
    SELECT name AS tag,
        (SELECT count(*) FROM article_tags WHERE tag_id = tags.id) AS articles,
        (SELECT min(date) FROM article_tags JOIN articles ON articles.id = article_id
            WHERE tag_id = tags.id) AS first,
        (SELECT max(date) FROM article_tags JOIN articles ON articles.id = article_id
            WHERE tag_id = tags.id) AS last
    FROM tags;
CREATE VIEW most_linked AS
    SELECT to_article_id AS article_id, title, count(*) AS links FROM links
    JOIN articles ON articles.id = to_article_id GROUP BY to_article_id;
CREATE VIEW missing AS
    SELECT article_number, status, reason, message FROM outcomes
    WHERE article_number NOT IN (SELECT id FROM articles);
"""
