-- sqlite3 shop.db < catalogue.sql
PRAGMA journal_mode = WAL;
CREATE TABLE products (id TEXT PRIMARY KEY, body TEXT NOT NULL, tags TEXT NOT NULL DEFAULT '');
INSERT INTO products VALUES
    ('1', '{"name": "chair", "price": 49}', 'furniture'),
    ('2', '{"name": "table", "price": 199}', 'furniture'),
    ('3', '{"name": "lamp", "price": 19}', 'light');
