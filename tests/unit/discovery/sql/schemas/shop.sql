/* A small shop: written by hand, in standard SQL. */
CREATE TABLE "Customer" (
  "customerId" SERIAL PRIMARY KEY,
  "emailAddress" VARCHAR(120) NOT NULL UNIQUE CHECK ("emailAddress" LIKE '%_@_%'),
  "fullName" VARCHAR(100) NOT NULL CHECK (trim("fullName") <> ''),
  "creditLimit" MONEY DEFAULT 0,
  "is_blocked" BOOLEAN NOT NULL DEFAULT FALSE,
  "createdAt" TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE categories (
  code CHAR(4) PRIMARY KEY,
  label VARCHAR(60) NOT NULL,
  parent_code CHAR(4) REFERENCES categories (code) ON DELETE SET NULL,
  CHECK (code ~ '^[A-Z]{4}$')
);
CREATE TABLE products (
  sku VARCHAR(24) PRIMARY KEY,
  name VARCHAR(200) NOT NULL,
  description TEXT,
  price NUMERIC(10, 2) NOT NULL CONSTRAINT positive_price CHECK (price > 0),
  discount_price NUMERIC(10, 2) CHECK (discount_price >= 0),
  stock INTEGER NOT NULL DEFAULT 0 CHECK (0 <= stock),
  weight_kg REAL CHECK (weight_kg > 0 AND weight_kg < 1000),
  category_code CHAR(4) NOT NULL REFERENCES categories ON DELETE RESTRICT,
  search_words TEXT GENERATED ALWAYS AS (lower(name)) STORED,
  CONSTRAINT discounted CHECK (discount_price < price)
);
CREATE TABLE "Order" (
  "orderId" BIGSERIAL PRIMARY KEY,
  "customerId" INTEGER NOT NULL REFERENCES "Customer" ("customerId") ON DELETE CASCADE,
  "Status" VARCHAR(20) NOT NULL DEFAULT 'New' CHECK ("Status" IN ('New', 'In Progress', 'Shipped')),
  "orderNumber" INTEGER GENERATED ALWAYS AS IDENTITY UNIQUE,
  "placedAt" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "from" VARCHAR(40),
  CHECK ("placedAt" > '2020-01-01')
);
CREATE TABLE order_lines (
  order_id BIGINT NOT NULL REFERENCES "Order" ON DELETE CASCADE,
  line_no SMALLINT NOT NULL,
  product_sku VARCHAR(24) NOT NULL REFERENCES products (sku),
  quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 999),
  PRIMARY KEY (order_id, line_no)
);
CREATE TABLE line_notes (
  id SERIAL PRIMARY KEY,
  order_id BIGINT NOT NULL,
  line_no SMALLINT NOT NULL,
  note VARCHAR(500) NOT NULL,
  FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no) ON DELETE CASCADE
);
CREATE TABLE wishes (
  "customerId" INTEGER REFERENCES "Customer",
  product_sku VARCHAR(24) REFERENCES products,
  PRIMARY KEY ("customerId", product_sku)
);
